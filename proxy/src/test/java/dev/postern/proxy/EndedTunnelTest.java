package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.downstream.FrameClient;
import dev.postern.proxy.downstream.FrameClient.Frame;
import dev.postern.stats.StatStore;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// WebSockets whose backend says its last, ends its side and closes the connection: what the client
/// still sends is of no use to anybody, and costs it nothing of what it was sent.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EndedTunnelTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final byte[] WINDOW_OF_4 = {0, 4, 0, 0, 0, 4};
  private static final String UPGRADE =
      "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

  /// More than the proxy and the system keep for a backend that does not read.
  private static final int MUCH = 30_000_000;

  private final StatStore stats = new StatStore(1);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch closes = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  @AfterEach
  void closeAll() throws Exception {
    closes.countDown();
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest(name = "over TLS: {0}")
  @ValueSource(booleans = {false, true})
  void aSlowClientGetsTheLastWordsThoughItStillSpeaks(boolean tls) throws Exception {
    OneRoute route = serving(tls);
    try (FrameClient client = new FrameClient(route.port(), WINDOW_OF_4)) {
      client.headers(1, false, FrameClient.connect("websocket"));
      assertThat(client.await(FrameClient.DATA).payload()).asString().isEqualTo("last");
      closes.countDown();
      await(closed);
      for (int i = 0; i < 3; i++) {
        client.frame(FrameClient.DATA, 0, 1, (byte) 'x');
        client.frame(FrameClient.PING, 0, 0, new byte[8]);
        assertThat(client.await(FrameClient.PING).type()).isEqualTo(FrameClient.PING);
      }
      client.frame(FrameClient.WINDOW_UPDATE, 0, 1, FrameClient.int32(1000));
      Frame rest;
      do {
        rest = client.read();
      } while (rest.stream() != 1);
      assertThat(rest.payload()).asString().isEqualTo(" words");
      assertThat(rest.endsStream() || client.awaitEnd(1).endsStream()).isTrue();
      client.frame(FrameClient.DATA, FrameClient.END_STREAM, 1, (byte) 'x');
      awaitEnd(" 101 - 4 10 ");
    }
  }

  @ParameterizedTest(name = "over TLS: {0}")
  @ValueSource(booleans = {false, true})
  void aClientThatSpeaksMuchIsNotHeldUp(boolean tls) throws Exception {
    OneRoute route = serving(tls);
    try (Socket client = new Socket(LOOPBACK, route.port())) {
      client.setSoTimeout(20_000);
      WebSocketBackend.send(client, UPGRADE);
      assertThat(WebSocketBackend.head(client.getInputStream())).startsWith("HTTP/1.1 101 ");
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("last words");
      Thread writing = Thread.ofVirtual().start(() -> writeMuch(client));
      if (!tls) {
        // With TLS nothing is written any more behind a close_notify.
        Awaitility.await("more than the backend takes")
            .until(() -> value("http.test", "downstream_flow_control_paused_reading_total") > 0);
      }
      closes.countDown();
      assertThat(writing.join(Duration.ofSeconds(20))).isTrue();
      client.shutdownOutput();
      awaitEnd(" 101 - " + MUCH + " 10 ");
    }
  }

  private static void writeMuch(Socket to) {
    try {
      to.getOutputStream().write(new byte[MUCH]);
    } catch (IOException e) {
      // The access log tells.
    }
  }

  private void awaitEnd(String logged) {
    Awaitility.await("the access log").until(() -> !log.isEmpty());
    assertThat(log.getFirst()).contains(logged);
    Awaitility.await("the end of the connection to the backend")
        .until(() -> value("cluster.c", "upstream_cx_active") == 0);
    assertThat(value("cluster.c", "upstream_rq_tx_reset")).isZero();
  }

  private long value(String group, String name) {
    return stats.find(group).map(found -> found.numbers().get(name)).orElse(0L);
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /// A backend that says its last, and closes when it is told to without having read.
  private OneRoute serving(boolean tls) throws Exception {
    SecureBackend secure = new SecureBackend();
    ServerSocket server =
        tls ? secure.layered("TLSv1.3", connections) : new ServerSocket(0, 50, LOOPBACK);
    server.setReceiveBufferSize(4096);
    WebSocketBackend backend =
        new WebSocketBackend(
            server,
            (head, socket) -> {
              WebSocketBackend.send(socket, WebSocketBackend.switching(head) + "last words");
              socket.shutdownOutput();
              await(closes);
              (tls ? connections.getLast() : socket).close();
              closed.countDown();
              throw new EOFException();
            });
    open.add(backend);
    OneRoute route = OneRoute.to(backend.port());
    if (tls) {
      route = route.with(secure.trusted());
    }
    EmbeddedProxy proxy = new EmbeddedProxy(new ProxyOptions(1, Optional.of(log::add)), stats);
    open.add(proxy);
    assertThat(proxy.apply(route.ir()).listenerErrors()).isEmpty();
    return route;
  }
}
