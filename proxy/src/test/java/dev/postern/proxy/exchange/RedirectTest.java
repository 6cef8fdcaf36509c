package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.HeaderMutation;
import dev.postern.ir.HeaderMutation.HeaderValue;
import dev.postern.ir.HttpFilters;
import dev.postern.ir.PathRewrite;
import dev.postern.ir.RouteAction;
import dev.postern.proxy.stat.HttpStat;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a client is sent. `PORT` stands for the listener's.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RedirectTest {
  private final Gate gate;

  RedirectTest() throws IOException {
    gate = new Gate();
  }

  @AfterEach
  void close() {
    gate.close();
  }

  @ParameterizedTest(name = "scheme {0}, host {1}, port {2}: {3}{4} to {5}")
  @CsvSource(
      nullValues = "-",
      value = {
        "-,     -,     -,    a.example,      /p?q=1,   http://a.example:PORT/p?q=1",
        "-,     -,     -,    a.example:1234, /,        http://a.example:PORT/",
        "-,     -,     80,   a.example,      /p,       http://a.example/p",
        "-,     -,     443,  a.example,      /p,       http://a.example:443/p",
        "https, -,     443,  a.example:8080, /p,       https://a.example/p",
        "https, -,     80,   a.example,      /p,       https://a.example:80/p",
        "http,  -,     80,   a.example,      /p,       http://a.example/p",
        "https, -,     8443, a.example,      /p,       https://a.example:8443/p",
        "-,     b.example, 80, a.example,    /p?a=b&c, http://b.example/p?a=b&c",
        "-,     bücher.example, 80, a.example, /,      http://b%C3%BCcher.example/",
        "-,     -,     80,   [::1]:80,       /p,       http://[::1]/p",
        "-,     -,     80,   a.example,      /a'b/%2F, http://a.example/a'b/%2F",
        "-,     -,     80,   a.example,      //evil/,  http://a.example//evil/",
      })
  void theLocation(
      String scheme, String host, Integer port, String asked, String target, String location)
      throws Exception {
    gate.act(
        new RouteAction.Redirect(
            Optional.ofNullable(scheme),
            Optional.ofNullable(host),
            Optional.ofNullable(port),
            Optional.empty(),
            302));
    String expected = location.replace("PORT", "" + gate.port);
    for (String version : new String[] {Curl.HTTP1, Curl.HTTP2}) {
      Curl answer = Curl.get(gate, version, target, "-H", "Host: " + asked);
      assertThat(answer.status()).isEqualTo(302);
      assertThat(answer.all("location")).containsExactly(expected);
      assertThat(answer.body()).isEmpty();
    }
    assertThat(gate.count(HttpStat.RQ_REDIRECT)).isEqualTo(2);
  }

  @ParameterizedTest(name = "{0} -> {1}: {2} to {3}")
  @CsvSource({
    "/foo,  /new,  /foo/bar?x=1, /new/bar?x=1",
    "/foo,  /new/, /foo/bar,     /new/bar",
    "/foo,  /new,  /foo?x=/foo,  /new?x=/foo",
    "/foo/, '',    /foo/bar,     /bar",
    "/foo,  '',    /foo,         /",
    "/,     /new,  /bar,         /new/bar",
  })
  void aPrefixIsReplaced(String prefix, String to, String target, String path) throws Exception {
    redirectPath(new PathRewrite.Prefix(prefix, to), 301);
    Curl answer = Curl.get(gate, Curl.HTTP1, target, "-H", "Host: a");
    assertThat(answer.field("location")).hasValue("http://a" + path);
  }

  @Test
  void aFullPathKeepsTheQuery() throws Exception {
    redirectPath(new PathRewrite.Full("/a b?c"), 308);
    Curl answer = Curl.get(gate, Curl.HTTP1, "/x/y?q=1", "-H", "Host: a");
    assertThat(answer.field("location")).hasValue("http://a/a%20b%3Fc?q=1");
    assertThat(gate.logged()).contains("GET /x/y?q=1 ").contains(" 308 ");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void theStatusIsTheRoutes(int status) throws Exception {
    redirectPath(new PathRewrite.Full("/x"), status);
    assertThat(Curl.get(gate, Curl.HTTP1, "/", "-d", "body").status()).isEqualTo(status);
  }

  @Test
  void aClientWithoutAHostIsSentToTheAddressThatItCameTo() throws Exception {
    redirectPath(new PathRewrite.Full("/x"), 302);
    assertThat(raw("GET / HTTP/1.0\r\n\r\n")).contains("\r\nlocation: http://127.0.0.1/x\r\n");
  }

  @Test
  void octetsThatBelongIntoNoLocationAreEncoded() throws Exception {
    gate.act(
        new RouteAction.Redirect(
            Optional.empty(), Optional.empty(), Optional.of(80), Optional.empty(), 302));
    assertThat(raw("GET /<b>\"|^?<i> HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        .containsAnyOf(
            "\r\nlocation: http://a/%3Cb%3E%22%7C%5E?%3Ci%3E\r\n", "HTTP/1.1 400 Bad Request");
  }

  @Test
  void theRulesChangesToResponsesAreMadeToARedirectToo() throws Exception {
    gate.responseHeaders(
        new HeaderMutation(
            List.of(new HeaderValue("strict-transport-security", "max-age=1")),
            List.of(new HeaderValue("x-added", "yes")),
            List.of("date")));
    redirectPath(new PathRewrite.Full("/x"), 301);
    for (String version : new String[] {Curl.HTTP1, Curl.HTTP2}) {
      Curl answer = Curl.get(gate, version, "/", "-H", "Host: a");
      assertThat(answer.status()).isEqualTo(301);
      assertThat(answer.all("location")).containsExactly("http://a/x");
      assertThat(answer.all("strict-transport-security")).containsExactly("max-age=1");
      assertThat(answer.all("x-added")).containsExactly("yes");
    }
  }

  @Test
  void aPageOfAnotherOriginMayFollowARedirectThatCorsAllows() throws Exception {
    HttpFilters.Cors cors =
        new HttpFilters.Cors(
            List.of("https://a.example"), List.of("GET"), List.of(), List.of("x-one"), true, 5);
    gate.filters(new HttpFilters(Optional.of(cors), Optional.empty()));
    redirectPath(new PathRewrite.Full("/x"), 302);
    Curl allowed = Curl.get(gate, Curl.HTTP1, "/", "-H", "Origin: https://a.example");
    assertThat(allowed.status()).isEqualTo(302);
    assertThat(allowed.all("access-control-allow-origin")).containsExactly("https://a.example");
    assertThat(allowed.all("access-control-allow-credentials")).containsExactly("true");
    assertThat(allowed.all("vary")).containsExactly("Origin");
    assertThat(allowed.all("date")).hasSize(1);
    Curl other = Curl.get(gate, Curl.HTTP1, "/", "-H", "Origin: https://b.example");
    assertThat(other.status()).isEqualTo(302);
    assertThat(other.all("access-control-allow-origin")).isEmpty();
  }

  private void redirectPath(PathRewrite path, int status) {
    gate.act(
        new RouteAction.Redirect(
            Optional.empty(), Optional.empty(), Optional.of(80), Optional.of(path), status));
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
