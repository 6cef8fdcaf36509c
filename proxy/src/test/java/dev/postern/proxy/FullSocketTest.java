package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Small pieces towards a peer that does not read: the socket takes a part of one, and later the
/// rest.
class FullSocketTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String UPGRADE =
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

  /// More than all that stands between the two takes.
  private static final int OCTETS = 30_000_000;

  private final StatStore stats = new StatStore(1);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final CountDownLatch full = new CountDownLatch(1);

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatReadsLateGetsAll(boolean tls) throws Exception {
    CompletableFuture<Long> wrong = new CompletableFuture<>();
    OneRoute route =
        serving(
            tls,
            socket -> {
              await(full);
              wrong.complete(firstWrong(socket.getInputStream()));
            });
    try (Socket client = connect(route)) {
      Thread writer = Thread.ofVirtual().start(() -> writeAll(client));
      awaitStandstill("upstream_cx_tx_bytes_total");
      full.countDown();
      assertThat(wrong.get(30, TimeUnit.SECONDS)).isEqualTo(OCTETS);
      writer.join();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatReadsLateGetsAll(boolean tls) throws Exception {
    OneRoute route = serving(tls, FullSocketTest::writeAll);
    try (Socket client = connect(route)) {
      awaitStandstill("upstream_cx_rx_bytes_total");
      assertThat(firstWrong(client.getInputStream())).isEqualTo(OCTETS);
    }
  }

  private static byte octet(long at) {
    return (byte) (at % 251);
  }

  private static void writeAll(Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      long at = 0;
      for (int piece = 0; at < OCTETS; piece++) {
        byte[] octets = new byte[(int) Math.min(1 + piece * 37 % 4000, OCTETS - at)];
        for (int i = 0; i < octets.length; i++) {
          octets[i] = octet(at + i);
        }
        out.write(octets);
        at += octets.length;
      }
    } catch (IOException e) {
      // who reads tells
    }
  }

  /// How many octets came as they were written.
  private static long firstWrong(InputStream in) throws IOException {
    byte[] some = new byte[64 * 1024];
    long at = 0;
    int count;
    while (at < OCTETS && (count = in.read(some)) >= 0) {
      for (int i = 0; i < count; i++) {
        if (some[i] != octet(at)) {
          return at;
        }
        at++;
      }
    }
    return at;
  }

  /// Waits until nothing moves any more.
  private void awaitStandstill(String stat) {
    long[] before = {0};
    Awaitility.await(stat + " stands still")
        .atMost(30, TimeUnit.SECONDS)
        .pollInterval(100, TimeUnit.MILLISECONDS)
        .until(() -> {
          long now = stats.find("cluster.c").map(found -> found.numbers().get(stat)).orElse(0L);
          boolean same = now > 100_000 && now == before[0];
          before[0] = now;
          return same;
        });
    assertThat(before[0]).isLessThan(OCTETS);
  }

  private static Socket connect(OneRoute route) throws IOException {
    Socket client = new Socket();
    client.setReceiveBufferSize(4096);
    client.connect(new InetSocketAddress(LOOPBACK, route.port()));
    WebSocketBackend.send(client, UPGRADE);
    assertThat(WebSocketBackend.head(client.getInputStream())).startsWith("HTTP/1.1 101 ");
    return client;
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /// What a backend does once it has switched protocols.
  private interface Tunnel {
    void run(Socket socket) throws IOException;
  }

  private OneRoute serving(boolean tls, Tunnel tunnel) throws Exception {
    SecureBackend secure = new SecureBackend();
    ServerSocket server = tls ? secure.server() : new ServerSocket();
    server.setReceiveBufferSize(4096);
    server.bind(new InetSocketAddress(LOOPBACK, 0));
    WebSocketBackend backend =
        new WebSocketBackend(
            server,
            (head, socket) -> {
              WebSocketBackend.send(socket, WebSocketBackend.switching(head));
              tunnel.run(socket);
            });
    open.add(backend);
    OneRoute route = OneRoute.to(backend.port());
    if (tls) {
      route = route.with(secure.trusted());
    }
    EmbeddedProxy proxy =
        new EmbeddedProxy(
            new ProxyOptions(1, Optional.empty(), Timeouts.DEFAULT, Limits.DEFAULT), stats);
    open.add(proxy);
    proxy.apply(route.ir());
    return route;
  }
}
