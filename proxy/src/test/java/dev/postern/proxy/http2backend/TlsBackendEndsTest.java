package dev.postern.proxy.http2backend;

import static dev.postern.proxy.http2backend.FrameServer.DATA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.SecureBackend;
import dev.postern.proxy.WebSocketBackend;
import dev.postern.proxy.http2backend.FrameServer.Script;
import dev.postern.proxy.stat.ClusterStat;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP/2 backends that say by TLS that nothing more comes (RFC 8446 6.1), and do not close the
/// connection.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class TlsBackendEndsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aResponseThatIsCutOffIsOneThatFailed(String version) throws Exception {
    Hop hop =
        hop(
            version,
            backend -> {
              int stream = backend.hello().request();
              backend.headers(stream, false, ":status", "200");
              backend.frame(DATA, 0, stream, "half".getBytes(StandardCharsets.US_ASCII));
              backend.end();
              backend.rest();
            });
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), hop.port)) {
      WebSocketBackend.send(client, GET);
      assertThat(WebSocketBackend.head(client.getInputStream())).contains(" 200 ");
      // A body in chunks that does not come to its end.
      assertThat(client.getInputStream().readAllBytes())
          .asString()
          .contains("half")
          .doesNotContain("\r\n0\r\n");
    }
    Awaitility.await("the access log").until(() -> !hop.log.isEmpty());
    assertThat(hop.log.getFirst()).contains(" UC ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aConnectionThatTheBackendHasEndedIsNotUsedAgain(String version) throws Exception {
    Hop hop =
        hop(
            version,
            backend -> {
              backend.hello().answer(backend.request(), "" + backend.number);
              backend.end();
              backend.rest();
            });
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), hop.port)) {
      for (int i = 1; i <= 3; i++) {
        WebSocketBackend.send(client, GET);
        assertThat(WebSocketBackend.head(client.getInputStream())).contains(" 200 ");
        assertThat(client.getInputStream().readNBytes(11)).asString().contains("\r\n" + i + "\r\n");
        int ended = i;
        Awaitility.await("the end of the connection to the backend")
            .until(() -> hop.count(ClusterStat.UPSTREAM_CX_DESTROY_REMOTE) == ended);
      }
    }
  }

  private Hop hop(String version, Script script) throws Exception {
    SecureBackend secure = new SecureBackend();
    FrameServer server = new FrameServer(secure.layered(version, open), script);
    open.add(server);
    Hop hop = Hop.to(server.port()).tls(secure.trusted().orElseThrow()).apply();
    open.add(hop);
    return hop;
  }
}
