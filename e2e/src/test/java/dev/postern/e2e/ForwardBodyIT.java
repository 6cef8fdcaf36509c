package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.route;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Curl;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A service for external authorization over HTTP that gets the bodies of requests ({@code
 * forwardBody}), from a manifest on. {@link ExternalAuthEnvoyIT} has the same over gRPC.
 */
class ForwardBodyIT {
  private static final int MOST_OCTETS = 1000;
  private static final String LENGTH_IS_KNOWN = "X-A: b";
  private static final String CHUNKED = "Transfer-Encoding: chunked";

  @TempDir static Path temp;

  private static final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  private static final BlockingQueue<String> passed = new LinkedBlockingQueue<>();
  private static final int port = Ports.free();
  private static HttpBackend backend;
  private static HttpBackend service;
  private static PosternProcess postern;

  @BeforeAll
  static void startAll() {
    backend = keeping("shop", passed);
    service = keeping("auth", asked);
    ManifestFolder folder = new ManifestFolder(temp);
    folder.put(
        "all.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(httpListener("http", port)),
        backend("shop", backend.port()),
        backend("auth", service.port()),
        guarded("shop", MOST_OCTETS),
        guarded("greedy", 1 << 21));
    postern = PosternProcess.serving(folder);
  }

  /** Says yes to those who say nothing bad. */
  private static HttpBackend keeping(String name, BlockingQueue<String> bodies) {
    return HttpBackend.handling(
        name,
        exchange -> {
          String body = exchange.readBody().text();
          bodies.add(exchange.target() + " " + body);
          exchange.respond(body.contains("bad") ? 403 : 200, "");
        });
  }

  private static String guarded(String name, int most) {
    return route(
        name,
        name + ".test",
        """
        - filters:
          - type: ExternalAuth
            externalAuth:
              protocol: HTTP
              backendRef: { name: auth, port: 80 }
              http: { path: /check }
              forwardBody: { maxSize: %d }
          backendRefs:
          - { name: shop, port: 80 }
        """
            .formatted(most));
  }

  @AfterAll
  static void stopAll() {
    postern.close();
    service.close();
    backend.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {LENGTH_IS_KNOWN, CHUNKED})
  void theServiceJudgesByTheBody(String header) {
    String good = "g".repeat(MOST_OCTETS);
    assertThat(Curl.status("shop.test", port, "/a?b", "-d", good, "-H", header)).isEqualTo("200");
    assertThat(asked.poll()).isEqualTo("/check/a?b " + good);
    assertThat(passed.poll()).isEqualTo("/a?b " + good);
    assertThat(Curl.status("shop.test", port, "/", "-d", "bad", "-H", header)).isEqualTo("403");
    assertThat(asked.poll()).isEqualTo("/check/ bad");
    assertThat(passed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {LENGTH_IS_KNOWN, CHUNKED})
  void aBodyThatIsTooLargeIsRefusedAndNobodyIsAsked(String header) {
    String large = "g".repeat(MOST_OCTETS + 1);
    assertThat(Curl.status("shop.test", port, "/", "-d", large, "-H", header)).isEqualTo("413");
    assertThat(Curl.status("shop.test", port, "/", "--http2-prior-knowledge", "-d", large))
        .isEqualTo("413");
    assertThat(asked).isEmpty();
    assertThat(passed).isEmpty();
  }

  @Test
  void aLimitThatWouldTakeTooMuchMemoryClosesTheRule() {
    assertThat(Curl.status("greedy.test", port, "/", "-d", "g")).isEqualTo("500");
    assertThat(asked).isEmpty();
  }
}
