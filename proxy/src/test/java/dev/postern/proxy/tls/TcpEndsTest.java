package dev.postern.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.DownstreamTls;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.FilterChain;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.NetworkFilter.TcpProxy;
import dev.postern.ir.NetworkFilter.WeightedCluster;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.EmbeddedProxy;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.ProxyOptions;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatStore;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// How connections of octets end whose both sides end, while something still waits in the proxy for
/// the one that is slow; and where one of them breaks.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TcpEndsTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String NAME = "backend.example";

  /// Half of what may wait in the proxy before it stops to read.
  private static final int HALF_FULL = 256 * 1024;

  private static final int STEP = 32 * 1024;

  enum Hop {
    PLAINTEXT,
    TLS
  }

  private record Connection(Socket socket, Socket wire) {
    void reset() throws IOException {
      wire.setSoLinger(true, 0);
      wire.close();
    }

    long readAll() throws IOException {
      return socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    void write(long octets) throws IOException {
      socket.getOutputStream().write(new byte[Math.toIntExact(octets)]);
    }
  }

  private final StatStore stats = new StatStore(1);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final X509Bundle authority = Certificates.selfSigned(Certificates.authority("ca"));
  private final X509Bundle identity = Certificates.issued(Certificates.leaf(NAME), authority);
  private final ServerSocket server = new ServerSocket();
  private final int port = FreePort.next();
  private final int nowherePort = FreePort.next();
  private boolean secureClients;
  private boolean secureBackend;

  TcpEndsTest() throws IOException {
    server.setReceiveBufferSize(16 * 1024);
    server.bind(new InetSocketAddress(LOOPBACK, 0));
    open.add(server);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void aSlowBackendThatHasEndedItsSideGetsAll() throws Exception {
    serving(Hop.PLAINTEXT, Hop.PLAINTEXT, Timeouts.DEFAULT);
    long all = octetsThatWait(connect(), accept());
    Connection client = connect();
    Connection backend = accept();
    backend.write(1);
    backend.socket.shutdownOutput();
    assertThat(client.readAll()).isEqualTo(1);
    write(all, client);
    client.socket.shutdownOutput();
    awaitSomeRoundTrips();
    assertThat(backend.readAll()).isEqualTo(all);
    awaitEnd();
  }

  @ParameterizedTest
  @EnumSource
  void aSlowBackendThatEndsItsSideAfterItsClientGetsAll(Hop upstream) throws Exception {
    serving(Hop.PLAINTEXT, upstream, Timeouts.DEFAULT);
    long all = octetsThatWait(connect(), accept());
    Connection client = connect();
    Connection backend = accept();
    write(all, client);
    client.socket.shutdownOutput();
    awaitSomeRoundTrips();
    backend.write(1);
    backend.socket.shutdownOutput();
    assertThat(client.readAll()).isEqualTo(1);
    assertThat(backend.readAll()).isEqualTo(all);
    awaitEnd();
  }

  @ParameterizedTest
  @EnumSource
  void aSlowClientThatEndsItsSideAfterTheBackendGetsAll(Hop upstream) throws Exception {
    serving(Hop.PLAINTEXT, upstream, Timeouts.DEFAULT);
    Connection first = connect();
    long all = octetsThatWait(accept(), first);
    Connection client = connect();
    Connection backend = accept();
    write(all, backend);
    backend.socket.shutdownOutput();
    awaitSomeRoundTrips();
    client.socket.shutdownOutput();
    awaitSomeRoundTrips();
    assertThat(client.readAll()).isEqualTo(all);
    assertThat(backend.readAll()).isZero();
    awaitEnd();
  }

  /// Over TLS it answers the proxy's close_notify by a reset, as its socket is not there any more.
  @ParameterizedTest
  @EnumSource
  void whatAClientSaidBeforeItClosedReachesASlowBackend(Hop downstream) throws Exception {
    serving(downstream, Hop.PLAINTEXT, Timeouts.DEFAULT);
    long all = octetsThatWait(connect(), accept());
    Connection client = connect();
    Connection backend = accept();
    write(all, client);
    client.socket.close();
    awaitSomeRoundTrips();
    backend.write(1);
    awaitSomeRoundTrips();
    backend.write(1);
    awaitSomeRoundTrips();
    assertThat(backend.readAll()).isEqualTo(all);
    backend.socket.close();
    awaitEnd();
  }

  /// What it sends then is answered by a reset.
  @Test
  void whatABackendSaidBeforeItClosedReachesASlowClient() throws Exception {
    serving(Hop.PLAINTEXT, Hop.PLAINTEXT, Timeouts.DEFAULT);
    Connection first = connect();
    long all = octetsThatWait(accept(), first);
    Connection client = connect();
    Connection backend = accept();
    write(all, backend);
    backend.socket.close();
    awaitSomeRoundTrips();
    client.write(1);
    awaitSomeRoundTrips();
    client.write(1);
    awaitSomeRoundTrips();
    assertThat(client.readAll()).isEqualTo(all);
    awaitEnd();
    assertThat(log).anyMatch(line -> line.contains(" UC "));
  }

  @Test
  void aBackendThatNeverReadsIsNotWaitedForLongerThanForAnyOther() throws Exception {
    Duration usual = Duration.ofSeconds(30);
    serving(Hop.PLAINTEXT, Hop.PLAINTEXT, new Timeouts(usual, usual, usual, Duration.ofSeconds(3)));
    long all = octetsThatWait(connect(), accept());
    Connection client = connect();
    Connection backend = accept();
    write(all, client);
    client.socket.shutdownOutput();
    backend.socket.shutdownOutput();
    assertThat(client.readAll()).isZero();
    awaitEnd();
    assertThat(value("tcp.l", "idle_timeout")).isEqualTo(1);
    assertThatThrownBy(backend::readAll).isInstanceOf(SocketException.class);
  }

  @ParameterizedTest
  @EnumSource
  void aResetOfTheClientReachesTheBackendAsOne(Hop upstream) throws Exception {
    serving(Hop.PLAINTEXT, upstream, Timeouts.DEFAULT);
    Connection client = connect();
    Connection backend = accept();
    client.write(1);
    assertThat(backend.socket.getInputStream().read()).isZero();
    client.reset();
    assertThatThrownBy(backend::readAll).isInstanceOf(SocketException.class);
    awaitEnd();
    assertThat(log).anyMatch(line -> line.contains(" DC "));
  }

  /// By no close_notify, which would say that this was all (RFC 8446 6.1).
  @ParameterizedTest
  @EnumSource
  void aResetOfTheBackendReachesTheClientAsOne(Hop downstream) throws Exception {
    serving(downstream, Hop.PLAINTEXT, Timeouts.DEFAULT);
    Connection client = connect();
    Connection backend = accept();
    backend.write(1);
    assertThat(client.socket.getInputStream().read()).isZero();
    backend.reset();
    assertThatThrownBy(client::readAll).isInstanceOf(SocketException.class);
    awaitEnd();
    assertThat(log).anyMatch(line -> line.contains(" UC "));
  }

  /// So many that some of them wait in the proxy when the reader does not read, and it goes on
  /// reading. Resets both.
  private long octetsThatWait(Connection from, Connection to) throws Exception {
    long written = 0;
    while (value("cluster.c", "upstream_flow_control_paused_reading_total") == 0
        && value("tcp.l", "downstream_flow_control_paused_reading_total") == 0) {
      write(STEP, from);
      written += STEP;
    }
    from.reset();
    to.reset();
    awaitEnd();
    log.clear();
    return written - HALF_FULL;
  }

  /// In pieces that go through the proxy one by one, so that the system takes as much as before.
  private void write(long octets, Connection to) throws IOException {
    for (long at = 0; at < octets; at += STEP) {
      to.write(STEP);
      awaitSomeRoundTrips();
    }
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

  /// With little room for what it has not read.
  private Connection connect() throws Exception {
    Socket wire = new Socket();
    open.add(wire);
    wire.setReceiveBufferSize(16 * 1024);
    wire.setSoTimeout(20_000);
    wire.connect(new InetSocketAddress(LOOPBACK, port));
    if (secureClients) {
      SSLSocket socket = layered(authority.toTrustManagerFactory().getTrustManagers(), wire);
      socket.startHandshake();
      return new Connection(socket, wire);
    }
    return new Connection(wire, wire);
  }

  /// What the proxy has connected to the backend.
  private Connection accept() throws Exception {
    Socket wire = server.accept();
    open.add(wire);
    wire.setSoTimeout(20_000);
    if (secureBackend) {
      SSLSocket socket = layered(null, wire);
      socket.setUseClientMode(false);
      socket.startHandshake();
      return new Connection(socket, wire);
    }
    return new Connection(wire, wire);
  }

  private SSLSocket layered(TrustManager[] trusted, Socket wire) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity.toKeyManagerFactory().getKeyManagers(), trusted, null);
    return (SSLSocket) context.getSocketFactory().createSocket(wire, NAME, wire.getPort(), true);
  }

  private void serving(Hop downstream, Hop upstream, Timeouts timeouts) {
    secureClients = downstream == Hop.TLS;
    secureBackend = upstream == Hop.TLS;
    EmbeddedProxy proxy =
        new EmbeddedProxy(
            new ProxyOptions(1, Optional.of(log::add), timeouts, Limits.DEFAULT), stats);
    open.add(proxy);
    LoadAssignment backend =
        new LoadAssignment(
            "c", List.of(new LoadAssignment.Endpoint("127.0.0.1", server.getLocalPort())));
    proxy.apply(
        Ir.of(
            Map.of(
                "l", listener("l", port, secureClients, "c"),
                "nowhere", listener("nowhere", nowherePort, false, "")),
            Map.of("c", cluster()),
            Map.of("c", backend)));
  }

  private Listener listener(String name, int port, boolean tls, String cluster) {
    Optional<DownstreamTls> terminated =
        Optional.of(
            new DownstreamTls(
                List.of(
                    new ServerCertificate(
                        "ns/cert",
                        List.of(identity.getCertificatePath()),
                        new PrivateKeyDer(identity.getKeyPair().getPrivate().getEncoded()))),
                List.of()));
    FilterChain chain =
        new FilterChain(
            "chain",
            List.of(),
            tls ? terminated : Optional.empty(),
            new TcpProxy(List.of(new WeightedCluster(1, cluster))));
    return new Listener(name, "127.0.0.1", port, name, Listener.Transport.TCP, tls, List.of(chain));
  }

  private Cluster cluster() {
    UpstreamTls verified =
        new UpstreamTls(
            NAME,
            new UpstreamTls.Trust.Anchors(List.of(authority.getCertificate())),
            List.of(new UpstreamTls.SubjectName.Dns(NAME)));
    return new Cluster(
        "c",
        new Discovery.Eds(),
        new UpstreamProtocol.Bytes(),
        secureBackend ? Optional.of(verified) : Optional.empty(),
        Duration.ofSeconds(5),
        Cluster.DEFAULT_IDLE_TIMEOUT,
        CircuitBreakers.DEFAULT,
        OutlierDetection.DEFAULT);
  }

  private long value(String group, String stat) {
    return stats.find(group).map(found -> found.numbers().getOrDefault(stat, 0L)).orElse(0L);
  }
}
