package dev.postern.proxy.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.FastCgiOptions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What nginx mended on its FastCGI side in 2026. docs/upstream-regressions.md has the table.
class UpstreamRegressionsTest {

  /// nginx 1.29.5, 71b18973b; RFC 9112 3.2.2.
  @Test
  void httpHostIsTheHostThatTheRequestIsFor() throws Exception {
    try (ScriptedApplication application = application();
        FastCgiGateway gateway = gateway(application)) {
      gateway.raw(
          "GET http://shop.example:8080/a.php HTTP/1.1\r\nhost: other.example\r\n"
              + "connection: close\r\n\r\n");
      assertThat(application.requests.getFirst().params())
          .containsEntry("HTTP_HOST", "shop.example:8080")
          .containsEntry("SERVER_NAME", "shop.example");
    }
  }

  /// nginx 1.31.4, 6ae731d07; FastCGI specification 3.4.
  @Test
  void aParametersNameMayBeLong() throws Exception {
    try (ScriptedApplication application = application();
        FastCgiGateway gateway = gateway(application)) {
      for (int length : new int[] {122, 123, 200, 4000}) {
        gateway.raw(
            "GET /a.php HTTP/1.1\r\nhost: a\r\nconnection: close\r\n"
                + "x".repeat(length)
                + ": short\r\n\r\n");
        assertThat(application.requests.getLast().params())
            .containsEntry("HTTP_" + "X".repeat(length), "short")
            .containsEntry("SCRIPT_NAME", "/a.php");
      }
    }
  }

  private static ScriptedApplication application() throws Exception {
    return new ScriptedApplication(
        (r, out) -> ScriptedApplication.respond(out, "Content-Type: text/plain\n\nok"));
  }

  private static FastCgiGateway gateway(ScriptedApplication application) throws Exception {
    return new FastCgiGateway(
        new FastCgiOptions(
            FastCgiOptions.Parameters.STANDARD,
            "/srv/www",
            Optional.empty(),
            "index.php",
            List.of(".php"),
            List.of(),
            1 << 20),
        application.port());
  }
}
