package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.PathRewrite;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a backend gets of a path and a host that the route changes.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RewriteTest {
  private final Backend backend = Backend.answering(200);
  private final Gate gate = new Gate();

  RewriteTest() throws IOException {}

  @AfterEach
  void close() {
    gate.close();
    backend.close();
  }

  @ParameterizedTest(name = "{0} -> \"{1}\": {2} is {3}")
  @CsvSource({
    "/foo,   '',     /foo,        /",
    "/foo,   '',     /foo/,       /",
    "/foo,   '',     /foo/bar,    /bar",
    "/foo,   '',     /foo?q,      /?q",
    "/foo,   /,      /foo,        /",
    "/foo,   /,      /foo/,       /",
    "/foo,   /,      /foo/bar,    /bar",
    "/foo,   /xyz,   /foo,        /xyz",
    "/foo,   /xyz,   /foo/,       /xyz/",
    "/foo,   /xyz,   /foo/bar?q=/foo, /xyz/bar?q=/foo",
    "/foo,   /xyz/,  /foo/bar,    /xyz/bar",
    "/foo/,  /xyz,   /foo/bar,    /xyz/bar",
    "/foo/,  /xyz/,  /foo/bar,    /xyz/bar",
    "/foo,   /bar/,  /foo,        /bar/",
    "/foo,   /bar/,  /foo//x,     /bar/x",
    "/foo,   bar,    /foo/x,      /bar/x",
    "/,      /xyz,   /,           /xyz/",
    "/,      /xyz,   /foo/bar,    /xyz/foo/bar",
    "/,      /xyz/,  /foo,        /xyz/foo",
    "/foo,   /é,     /foo/x,      /%C3%A9/x",
  })
  void aPrefixIsReplaced(String prefix, String to, String target, String got) throws Exception {
    gate.to(backend.port()).forward(path(new PathRewrite.Prefix(prefix, to)));
    assertBackendGets(target, got);
  }

  @ParameterizedTest(name = "all becomes \"{0}\": {1} is {2}")
  @CsvSource({
    "/new,  /foo/bar?q=1&r, /new?q=1&r",
    "/new/, /,              /new/",
    "/,     /foo,           /",
    "'',    /foo?q,         /?q",
  })
  void theWholePathIsReplaced(String to, String target, String got) throws Exception {
    gate.to(backend.port()).forward(path(new PathRewrite.Full(to)));
    assertBackendGets(target, got);
  }

  private void assertBackendGets(String target, String got) throws IOException {
    assertThat(Curl.get(gate, Curl.HTTP1, target).status()).isEqualTo(200);
    assertThat(Curl.get(gate, Curl.HTTP2, target).status()).isEqualTo(200);
    assertThat(backend.received).extracting(Backend.Received::target).containsExactly(got, got);
    assertThat(gate.logged()).contains("\"GET " + target + " HTTP/");
  }

  @Test
  void theHostIsReplacedAndTheClientsIsForwarded() throws Exception {
    gate.to(backend.port())
        .forward(options(Optional.of("inside.example"), Optional.of(new PathRewrite.Full("/x"))));
    for (String version : new String[] {Curl.HTTP1, Curl.HTTP2}) {
      assertThat(Curl.get(gate, version, "/", "-H", "Host: Out.example:81").status())
          .isEqualTo(200);
    }
    for (Backend.Received got : backend.received) {
      assertThat(got.target()).isEqualTo("/x");
      assertThat(got.headers().get("host")).containsExactly("inside.example");
      assertThat(got.headers().getFirst("x-forwarded-host"))
          .isEqualToIgnoringCase("out.example:81");
    }
  }

  private static ForwardOptions path(PathRewrite path) {
    return options(Optional.empty(), Optional.of(path));
  }

  private static ForwardOptions options(Optional<String> host, Optional<PathRewrite> path) {
    return new ForwardOptions(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        host,
        path,
        List.of(),
        Optional.empty());
  }
}
