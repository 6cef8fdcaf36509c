package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatStore;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Backends that say by TLS that nothing more comes (RFC 8446 6.1), and do not close the
/// connection.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class TlsBackendEndsTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final StatStore stats = new StatStore(1);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aResponseThatEndsWithItsConnectionEndsThere(String version) throws Exception {
    OneRoute route = serving(version, "HTTP/1.1 200 OK\r\n\r\nall of it");
    try (Socket client = new Socket(LOOPBACK, route.port())) {
      WebSocketBackend.send(client, "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
      assertThat(WebSocketBackend.head(client.getInputStream())).contains(" 200 ");
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("all of it");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aResponseThatIsCutOffIsOneThatFailed(String version) throws Exception {
    OneRoute route = serving(version, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    try (Socket client = new Socket(LOOPBACK, route.port())) {
      WebSocketBackend.send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(WebSocketBackend.head(client.getInputStream())).contains(" 200 ");
      assertThat(WebSocketBackend.rest(client.getInputStream())).isLessThan(100);
    }
    Awaitility.await("the access log").until(() -> !log.isEmpty());
    assertThat(log.getFirst()).contains(" UC ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aConnectionThatTheBackendHasEndedIsNotUsedAgain(String version) throws Exception {
    OneRoute route = serving(version, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    try (Socket client = new Socket(LOOPBACK, route.port())) {
      for (int i = 0; i < 3; i++) {
        WebSocketBackend.send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(WebSocketBackend.head(client.getInputStream())).contains(" 200 ");
        assertThat(client.getInputStream().readNBytes(2)).asString().isEqualTo("ok");
        Awaitility.await("the end of the connection to the backend")
            .until(() -> value("upstream_cx_active") == 0);
      }
    }
    assertThat(value("ssl.handshake")).isEqualTo(3);
  }

  /// Every request is answered by that and by a close_notify alone.
  private OneRoute serving(String version, String response) throws Exception {
    SecureBackend secure = new SecureBackend();
    WebSocketBackend backend =
        new WebSocketBackend(
            secure.layered(version, open),
            (_, socket) -> {
              WebSocketBackend.send(socket, response);
              socket.shutdownOutput();
            });
    open.add(backend);
    OneRoute route = OneRoute.to(backend.port()).with(secure.trusted());
    EmbeddedProxy proxy =
        new EmbeddedProxy(
            new ProxyOptions(1, Optional.of(log::add), Timeouts.DEFAULT, Limits.DEFAULT), stats);
    open.add(proxy);
    proxy.apply(route.ir());
    return route;
  }

  private long value(String name) {
    return stats.find("cluster.c").map(found -> found.numbers().get(name)).orElse(0L);
  }
}
