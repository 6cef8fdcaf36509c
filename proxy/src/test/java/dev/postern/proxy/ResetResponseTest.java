package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.downstream.FrameClient;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatStore;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Responses that say no length: they last until the connection ends (RFC 9112 6.3), and are cut
/// off where it is reset (RFC 9112 8).
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ResetResponseTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String LAST_CHUNK = "0\r\n\r\n";

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch received = new CountDownLatch(1);

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest(name = "over TLS: {0}")
  @ValueSource(booleans = {false, true})
  void aClientOfHttp1SeesThatAResetCutItOff(boolean tls) throws Exception {
    assertThat(rest(serving(tls, true))).as("what follows the half").isEmpty();
    awaitLog(" 200 UC ");
  }

  @ParameterizedTest(name = "over TLS: {0}")
  @ValueSource(booleans = {false, true})
  void aClientOfHttp2SeesThatAResetCutItOff(boolean tls) throws Exception {
    OneRoute route = serving(tls, true);
    try (FrameClient client = new FrameClient(route.port())) {
      client.get(1);
      assertThat(client.await(FrameClient.DATA).payload()).asString().isEqualTo("half");
      received.countDown();
      assertThat(client.awaitEnd(1).type()).isEqualTo(FrameClient.RST_STREAM);
    }
    awaitLog(" 200 UC ");
  }

  @Test
  void oneThatTheBackendEndsIsComplete() throws Exception {
    assertThat(rest(serving(false, false))).isEqualTo(LAST_CHUNK);
    awaitLog(" 200 - ");
  }

  /// What comes behind the half of a response, which the backend then ends.
  private String rest(OneRoute route) throws IOException {
    try (Socket client = new Socket(LOOPBACK, route.port())) {
      client.setSoTimeout(20_000);
      WebSocketBackend.send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(WebSocketBackend.head(client.getInputStream())).contains("chunked");
      assertThat(client.getInputStream().readNBytes(9)).asString().isEqualTo("4\r\nhalf\r\n");
      received.countDown();
      byte[] rest = client.getInputStream().readNBytes(LAST_CHUNK.length());
      return new String(rest, StandardCharsets.US_ASCII);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void awaitLog(String what) {
    Awaitility.await("the access log").until(() -> !log.isEmpty());
    assertThat(log.getFirst()).contains(what);
  }

  /// A backend that sends a half, and then ends or resets the connection.
  private OneRoute serving(boolean tls, boolean reset) throws Exception {
    SecureBackend secure = new SecureBackend();
    ServerSocket server =
        tls ? secure.layered("TLSv1.3", connections) : new ServerSocket(0, 50, LOOPBACK);
    WebSocketBackend backend =
        new WebSocketBackend(
            server,
            (_, socket) -> {
              WebSocketBackend.send(socket, "HTTP/1.1 200 OK\r\n\r\nhalf");
              await(received);
              Socket plain = tls ? connections.getLast() : socket;
              plain.setSoLinger(reset, 0);
              plain.close();
              throw new EOFException();
            });
    open.add(backend);
    OneRoute route = OneRoute.to(backend.port());
    if (tls) {
      route = route.with(secure.trusted());
    }
    EmbeddedProxy proxy =
        new EmbeddedProxy(
            new ProxyOptions(1, Optional.of(log::add), Timeouts.DEFAULT, Limits.DEFAULT),
            new StatStore(1));
    open.add(proxy);
    assertThat(proxy.apply(route.ir()).listenerErrors()).isEmpty();
    return route;
  }
}
