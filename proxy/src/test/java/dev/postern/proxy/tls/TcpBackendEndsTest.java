package dev.postern.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.FilterChain;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.NetworkFilter.TcpProxy;
import dev.postern.ir.NetworkFilter.WeightedCluster;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.EmbeddedProxy;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.ProxyOptions;
import dev.postern.stats.StatStore;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PoolChunkListMetric;
import io.netty.buffer.PoolChunkMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a client notices of a backend of octets that resets, ends its side, or is slow: in
/// plaintext, as behind TCPRoutes, TLSRoutes that pass TLS through and those that end it, and over
/// the TLS of a BackendTLSPolicy.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TcpBackendEndsTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String NAME = "backend.example";

  enum Hop {
    PLAINTEXT,
    TLS
  }

  /// What a backend does with a connection.
  private interface Session {
    /// @param socket plaintext or TLS
    /// @param wire what carries it
    void with(Socket socket, Socket wire) throws Exception;
  }

  private final StatStore stats = new StatStore(1);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final EmbeddedProxy proxy =
      new EmbeddedProxy(new ProxyOptions(1, Optional.of(log::add)), stats);
  private final X509Bundle authority = Certificates.selfSigned(Certificates.authority("ca"));
  private final ServerSocket server = new ServerSocket(0, 50, LOOPBACK);
  private final int port = FreePort.next();
  private final int nowherePort = FreePort.next();

  TcpBackendEndsTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    proxy.close();
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void aResetReachesTheClientAsOne(Hop hop) throws Exception {
    backend(
        hop,
        (socket, wire) -> {
          assertThat(socket.getInputStream().read()).isEqualTo('?');
          reset(wire);
        });
    try (Socket client = client()) {
      client.getOutputStream().write('?');
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    Awaitility.await("the access log").until(() -> !log.isEmpty());
    assertThat(log.getFirst()).contains(" UC ");
  }

  @ParameterizedTest
  @EnumSource
  void aResetReachesAClientThatDoesNotRead(Hop hop) throws Exception {
    backend(
        hop,
        (socket, wire) -> {
          writeUntil(socket, "cluster.c", "upstream_flow_control_paused_reading_total");
          reset(wire);
        });
    try (Socket client = client()) {
      awaitEnd();
      assertThatThrownBy(() -> client.getInputStream().transferTo(OutputStream.nullOutputStream()))
          .isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aBackendThatEndsItsSideStillGetsTheRest() throws Exception {
    CompletableFuture<Integer> got = new CompletableFuture<>();
    backend(
        Hop.PLAINTEXT,
        (socket, _) -> {
          socket.getOutputStream().write('.');
          socket.shutdownOutput();
          got.complete(socket.getInputStream().readAllBytes().length);
        });
    try (Socket client = client()) {
      assertThat(client.getInputStream().readAllBytes()).hasSize(1);
      client.getOutputStream().write(new byte[3_000_000]);
      client.shutdownOutput();
      assertThat(got.get(20, TimeUnit.SECONDS)).isEqualTo(3_000_000);
    }
    awaitEnd();
  }

  /// Netty's engine closes both directions when it reads a close_notify: a client that still has
  /// something to say notices that it does not arrive, but gets all that the backend said before.
  @Test
  void aBackendThatEndsItsTlsGetsNothingMoreAndTheClientNotices() throws Exception {
    backend(
        Hop.TLS,
        (socket, _) -> {
          socket.getOutputStream().write(new byte[200_000]);
          socket.shutdownOutput();
          assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        });
    try (Socket client = client()) {
      Awaitility.await("all is on its way")
          .until(() -> value("cluster.c", "upstream_cx_rx_bytes_total") == 200_000);
      awaitSomeRoundTrips();
      client.getOutputStream().write('?');
      assertThat(client.getInputStream().readAllBytes()).hasSize(200_000);
      assertThatThrownBy(() -> client.getOutputStream().write(new byte[50_000_000]))
          .isInstanceOf(SocketException.class);
    }
    awaitEnd();
    assertThat(log)
        .anyMatch(line -> line.contains(" UC ") && line.contains("before its client had said all"));
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatEndsItsSideStillGetsTheRest(Hop hop) throws Exception {
    backend(
        hop,
        (socket, _) -> {
          int length = socket.getInputStream().readAllBytes().length;
          socket.getOutputStream().write(new byte[10 * length]);
        });
    try (Socket client = client()) {
      client.getOutputStream().write(new byte[300_000]);
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).hasSize(3_000_000);
    }
    awaitEnd();
  }

  @ParameterizedTest
  @EnumSource
  void whatABackendSaidBeforeItEndedWaitsForASlowClient(Hop hop) throws Exception {
    CompletableFuture<Long> sent = new CompletableFuture<>();
    backend(
        hop,
        (socket, _) -> {
          long all = writeUntil(socket, "cluster.c", "upstream_flow_control_paused_reading_total");
          socket.close();
          sent.complete(all);
        });
    try (Socket client = client()) {
      long all = sent.get(20, TimeUnit.SECONDS);
      awaitSomeRoundTrips();
      assertThat(client.getInputStream().transferTo(OutputStream.nullOutputStream()))
          .isEqualTo(all);
    }
    awaitEnd();
  }

  @ParameterizedTest
  @EnumSource
  void whatAClientSaidBeforeItEndedWaitsForASlowBackend(Hop hop) throws Exception {
    CompletableFuture<Void> go = new CompletableFuture<>();
    AtomicLong got = new AtomicLong();
    backend(
        hop,
        (socket, _) -> {
          go.join();
          got.set(socket.getInputStream().transferTo(OutputStream.nullOutputStream()));
          socket.getOutputStream().write('.');
        });
    try (Socket client = client()) {
      long all = writeUntil(client, "tcp.l", "downstream_flow_control_paused_reading_total");
      client.shutdownOutput();
      awaitSomeRoundTrips();
      go.complete(null);
      assertThat(client.getInputStream().readAllBytes()).hasSize(1);
      assertThat(got.get()).isEqualTo(all);
    }
    awaitEnd();
  }

  /// Each is read into a buffer of its own.
  @Test
  void manySmallPiecesThatAClientDoesNotTakeHoldLittleMemory() throws Exception {
    int pieces = 1200;
    CompletableFuture<Long> held = new CompletableFuture<>();
    backend(
        Hop.PLAINTEXT,
        (socket, _) -> {
          socket.setTcpNoDelay(true);
          long none = memory();
          long all = 0;
          while (memory() - none < 128 * 1024) { // until the system takes no more for the client
            socket.getOutputStream().write(new byte[16 * 1024]);
            all += 16 * 1024;
            awaitReceived(all);
          }
          long before = memory();
          for (int i = 0; i < pieces; i++) {
            socket.getOutputStream().write(i);
            awaitReceived(++all);
          }
          held.complete(memory() - before);
        });
    try (Socket _ = client()) {
      assertThat(held.get(30, TimeUnit.SECONDS)).isLessThan(pieces * 1024L);
    }
  }

  private void awaitReceived(long octets) {
    while (value("cluster.c", "upstream_cx_rx_bytes_total") < octets) {
      Thread.onSpinWait();
    }
  }

  private static long memory() {
    long used = 0;
    for (PoolArenaMetric arena : PooledByteBufAllocator.DEFAULT.metric().directArenas()) {
      for (PoolChunkListMetric chunks : arena.chunkLists()) {
        for (PoolChunkMetric chunk : chunks) {
          used += chunk.chunkSize() - chunk.freeBytes();
        }
      }
    }
    return used;
  }

  /// Writes until that stat counts, and a little more; no faster than the proxy reads, for a write
  /// that waits for somebody who pauses would wait for ever.
  private long writeUntil(Socket to, String group, String stat) throws IOException {
    byte[] some = new byte[64 * 1024];
    long written = 0;
    boolean enough = false;
    while (!enough) {
      enough = value(group, stat) > 0;
      to.getOutputStream().write(some);
      written += some.length;
      awaitSomeRoundTrips();
    }
    return written;
  }

  /// Then the proxy's one loop has heard of all that happened before.
  private void awaitSomeRoundTrips() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (Socket nowhere = new Socket(LOOPBACK, nowherePort)) {
        assertThat(nowhere.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  private void awaitEnd() {
    Awaitility.await("the connection is over")
        .until(() ->
            !log.isEmpty()
                && value("listener.l", "downstream_cx_active") == 0
                && value("cluster.c", "upstream_cx_active") == 0);
  }

  private static void reset(Socket wire) throws IOException {
    wire.setSoLinger(true, 0);
    wire.close();
  }

  private void backend(Hop hop, Session session) throws Exception {
    X509Bundle identity = Certificates.issued(Certificates.leaf(NAME), authority);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity.toKeyManagerFactory().getKeyManagers(), null, null);
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket wire = server.accept();
              Thread.ofVirtual().start(() -> serve(hop, context, wire, session));
            } catch (IOException e) {
              return; // closed
            }
          }
        });
    Optional<UpstreamTls> tls =
        hop == Hop.PLAINTEXT
            ? Optional.empty()
            : Optional.of(
                new UpstreamTls(
                    NAME,
                    new UpstreamTls.Trust.Anchors(List.of(authority.getCertificate())),
                    List.of(new UpstreamTls.SubjectName.Dns(NAME))));
    Cluster cluster =
        new Cluster(
            "c",
            new Discovery.Eds(),
            new UpstreamProtocol.Bytes(),
            tls,
            Duration.ofSeconds(5),
            Cluster.DEFAULT_IDLE_TIMEOUT,
            CircuitBreakers.DEFAULT,
            OutlierDetection.DEFAULT);
    proxy.apply(
        Ir.of(
            Map.of("l", listener("l", port, "c"), "nowhere", listener("nowhere", nowherePort, "")),
            Map.of("c", cluster),
            Map.of(
                "c",
                new LoadAssignment(
                    "c",
                    List.of(new LoadAssignment.Endpoint("127.0.0.1", server.getLocalPort()))))));
  }

  private static Listener listener(String name, int port, String cluster) {
    FilterChain chain =
        new FilterChain(
            "chain",
            List.of(),
            Optional.empty(),
            new TcpProxy(List.of(new WeightedCluster(1, cluster))));
    return new Listener(
        name, "127.0.0.1", port, name, Listener.Transport.TCP, false, List.of(chain));
  }

  private static void serve(Hop hop, SSLContext context, Socket wire, Session session) {
    try (wire) {
      if (hop == Hop.PLAINTEXT) {
        session.with(wire, wire);
        return;
      }
      try (SSLSocket socket =
          (SSLSocket) context.getSocketFactory().createSocket(wire, null, wire.getPort(), true)) {
        socket.setUseClientMode(false);
        socket.startHandshake();
        session.with(socket, wire);
      }
    } catch (Exception e) {
      // the client's side tells
    }
  }

  /// With little room for what it has not read.
  private Socket client() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(16 * 1024);
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(LOOPBACK, port));
    return socket;
  }

  private long value(String group, String stat) {
    return stats.find(group).map(found -> found.numbers().getOrDefault(stat, 0L)).orElse(0L);
  }
}
