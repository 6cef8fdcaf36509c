package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.FastCgiOptions;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.eclipse.jetty.fcgi.server.ServerFCGIConnectionFactory;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Jetty as a FastCGI server, which shares no code with php-fpm nor with the proxy.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JettyApplicationTest {
  private final Server server = new Server();
  private FastCgiGateway gateway;

  @BeforeAll
  void start() throws Exception {
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new ServerFCGIConnectionFactory(new HttpConfiguration()));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new Echo());
    server.start();
    gateway =
        new FastCgiGateway(
            new FastCgiOptions(
                FastCgiOptions.Parameters.STANDARD,
                "/srv/www",
                Optional.empty(),
                "",
                List.of(),
                List.of(),
                64 << 20),
            connector.getLocalPort());
  }

  @AfterAll
  void stop() throws Exception {
    gateway.close();
    server.stop();
  }

  @Test
  void theRequestArrivesAsItWas() throws Exception {
    // Jetty takes DOCUMENT_URI, which is decoded here as at nginx, for the encoded path.
    HttpResponse<String> response =
        gateway.send(
            gateway
                .request("/a/b?d=%25&e")
                .header("X-Own", "own")
                .header("Cookie", "a=1")
                .method("PATCH", BodyPublishers.ofString("body")));
    assertThat(response.statusCode()).as(gateway.log.toString()).isEqualTo(201);
    assertThat(response.body()).isEqualTo("body");
    assertThat(response.headers().map())
        .containsEntry("x-method", List.of("PATCH"))
        .containsEntry("x-target", List.of("/a/b?d=%25&e"))
        .containsEntry("x-own", List.of("own"))
        .containsEntry("x-cookie", List.of("a=1"))
        .containsEntry("x-authority", List.of("127.0.0.1:" + gateway.port));
  }

  @Test
  void bodiesOfAnyLengthComeBack() throws Exception {
    for (int octets : new int[] {0, 1, 65_528, 65_529, 3_000_000}) {
      byte[] noise = new byte[octets];
      new Random(octets).nextBytes(noise);
      String body = new String(noise, ISO_8859_1);
      assertThat(
              gateway
                  .send(gateway.request("/").POST(BodyPublishers.ofByteArray(noise)))
                  .body()
                  .equals(body))
          .as("%s octets of known length", octets)
          .isTrue();
      assertThat(
              gateway
                  .send(
                      gateway
                          .request("/")
                          .POST(
                              BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(noise))))
                  .body()
                  .equals(body))
          .as("%s octets of unknown length", octets)
          .isTrue();
    }
  }

  private static final class Echo extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      response.setStatus(201);
      response.getHeaders().put("x-method", request.getMethod());
      response.getHeaders().put("x-target", request.getHttpURI().getPathQuery());
      response.getHeaders().put("x-authority", request.getHttpURI().getAuthority());
      for (String name : new String[] {"X-Own", "Cookie"}) {
        HttpField field = request.getHeaders().getField(name);
        if (field != null) {
          response.getHeaders().put("x-" + name.replace("X-", ""), field.getValue());
        }
      }
      Content.copy(request, response, callback);
      return true;
    }
  }
}
