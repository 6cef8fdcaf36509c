package dev.postern.proxy.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.FilterChain;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.NetworkFilter.UdpProxy;
import dev.postern.ir.NetworkFilter.WeightedCluster;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.fastcgi.FastCgiProtocol;
import dev.postern.proxy.listener.ListenerRegistry;
import dev.postern.proxy.tls.DownstreamTlsContexts;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.upstream.ClusterRegistry;
import dev.postern.proxy.upstream.Endpoint;
import dev.postern.proxy.upstream.NettyConnector;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Transport;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What becomes of sessions when the system gives no sockets, refuses them, or says of one that
/// something went wrong.
class UdpSocketsTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress LOOPBACK_2 = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress LOOPBACK_V6 = InetAddress.ofLiteral("::1");
  private static final String ALL = "0.0.0.0";
  private static final int EMSGSIZE = 90;
  private static final int WORKERS = 2;

  private final StatStore stats = new StatStore(WORKERS);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<DatagramChannel> made = new CopyOnWriteArrayList<>();
  private final int port = FreePort.next();
  private volatile boolean noneLeft;
  private volatile boolean noIpv6;

  private final Workers workers =
      new Workers(WORKERS, Timeouts.DEFAULT, Limits.DEFAULT, counting(Transport.best()));
  private final ClusterRegistry clusters =
      new ClusterRegistry(
          workers,
          stats,
          new NettyConnector(workers.transport(), new FastCgiProtocol()),
          new UpstreamTlsContexts(InstantSource.system()),
          (address, to, onChange) -> {
            onChange.accept(List.of(new LoadAssignment.Endpoint(address, to)));
            return () -> {};
          });
  private final ListenerRegistry listeners =
      new ListenerRegistry(workers, stats, clusters, new DownstreamTlsContexts(), null);

  /// Gives no sockets for datagrams while there are none left.
  private Transport counting(Transport best) {
    return new Transport(
        best.io(),
        best.serverChannel(),
        best.clientChannel(),
        family -> {
          if (noneLeft) {
            throw new ChannelException("Too many open files");
          }
          if (noIpv6 && family == SocketProtocolFamily.INET6) {
            throw new UnsupportedOperationException("Protocol family not supported");
          }
          DatagramChannel channel = best.datagrams().open(family);
          made.add(channel);
          return channel;
        });
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    clusters.close();
    workers.close();
  }

  @Test
  void aSessionThatGetsNoSocketLeavesNothingBehind() throws Exception {
    serve(cluster(1, OutlierDetection.DEFAULT, backend("a:")), "127.0.0.1");
    DatagramSocket client = client();
    noneLeft = true;
    send(client, LOOPBACK, "lost");
    await().until(() -> value("udp.test", "downstream_sess_overflow") == 1);
    noneLeft = false;
    assertThat(ask(client, LOOPBACK, "1")).isEqualTo("a:1");
    assertThat(value("udp.test", "downstream_sess_active")).isEqualTo(1);
    assertThat(value("cluster.c", "upstream_cx_active")).isEqualTo(1);
    assertThat(clusters.entry("c").endpoints()).extracting(Endpoint::errors).containsExactly(0L);
  }

  @Test
  void aSessionOfAFamilyThatIsNotThereLeavesNothingBehind() throws Exception {
    assumeIpv6();
    serve(
        cluster(1, OutlierDetection.DEFAULT, new LoadAssignment.Endpoint("::1", port)),
        "127.0.0.1");
    noIpv6 = true;
    DatagramSocket client = client();
    send(client, LOOPBACK, "lost");
    await().until(() -> value("udp.test", "downstream_sess_overflow") == 1);
    noIpv6 = false;
    send(client, LOOPBACK, "a session");
    await().until(() -> value("udp.test", "downstream_sess_total") == 1);
    assertThat(value("udp.test", "downstream_sess_overflow")).isEqualTo(1);
  }

  @Test
  void whereTheAddressThatWasAskedGetsNoSocketNeitherDoesTheSession() throws Exception {
    assumeEpoll();
    serve(cluster(1, OutlierDetection.DEFAULT, backend("a:")), ALL);
    DatagramSocket client = client();
    client.connect(LOOPBACK_2, port); // it hears nobody else
    noneLeft = true;
    send(client, LOOPBACK_2, "lost");
    await().until(() -> value("udp.test", "downstream_sess_overflow") == 1);
    noneLeft = false;
    assertThat(ask(client, LOOPBACK_2, "1")).isEqualTo("a:1");
  }

  @Test
  void allAddressesOfIpv4AreNoneOfIpv6() throws Exception {
    assumeIpv6();
    assertThat(serve(cluster(16, OutlierDetection.DEFAULT, backend("a:")), ALL, "::1")).isEmpty();
    assertThat(ask(client(), LOOPBACK, "1")).isEqualTo("a:1");
    DatagramSocket other = new DatagramSocket(new InetSocketAddress(LOOPBACK_V6, 0));
    open.add(other);
    assertThat(ask(other, LOOPBACK_V6, "2")).isEqualTo("a:2");
  }

  /// The two listeners are on different workers, by their names.
  @Test
  void anAddressThatWasAnsweredFromCanBeBoundByTheNextListener() throws Exception {
    Cluster cluster = cluster(1000, OutlierDetection.DEFAULT, backend("a:"));
    serve(cluster, ALL);
    for (int i = 0; i < 300; i++) {
      assertThat(ask(client(), LOOPBACK, "1")).isEqualTo("a:1");
    }
    assertThat(serve(cluster, "127.0.0.1")).isEmpty();
    assertThat(ask(client(), LOOPBACK, "2")).isEqualTo("a:2");
  }

  @Test
  void whereNobodyIsWellASessionStaysWhereItIs() throws Exception {
    int one = FreePort.next();
    int other = FreePort.next();
    serve(
        cluster(
            16, new OutlierDetection(1, Duration.ofHours(1), 100), endpoint(one), endpoint(other)),
        "127.0.0.1");
    DatagramSocket client = client();
    await()
        .until(() -> {
          send(client, LOOPBACK, "nobody");
          return value("cluster.c", "outlier_detection.ejections_active") == 2;
        });
    await().until(() -> value("udp.test", "downstream_sess_active") == 0);
    open.add(new EchoBackend(one, ""));
    open.add(new EchoBackend(other, ""));
    long before = value("udp.test", "downstream_sess_total");
    for (int i = 0; i < 10; i++) {
      assertThat(ask(client, LOOPBACK, "?")).isEqualTo("?");
    }
    assertThat(value("udp.test", "downstream_sess_total")).isEqualTo(before + 1);
  }

  @Test
  void aDatagramThatIsTooLargeForThePathEndsNoSession() throws Exception {
    assumeEpoll();
    serve(cluster(16, OutlierDetection.DEFAULT, backend("a:")), "127.0.0.1");
    DatagramSocket client = client();
    assertThat(ask(client, LOOPBACK, "1")).isEqualTo("a:1");
    says(new Errors.NativeIoException("recvAddress", -EMSGSIZE));
    assertThat(ask(client, LOOPBACK, "2")).isEqualTo("a:2");
    assertThat(value("udp.test", "downstream_sess_total")).isEqualTo(1);
    assertThat(clusters.entry("c").endpoints()).extracting(Endpoint::errors).containsExactly(0L);
  }

  @Test
  void aHostThatCannotBeReachedEndsTheSession() throws Exception {
    assumeEpoll();
    serve(cluster(16, OutlierDetection.DEFAULT, backend("a:")), "127.0.0.1");
    DatagramSocket client = client();
    assertThat(ask(client, LOOPBACK, "1")).isEqualTo("a:1");
    says(new NoRouteToHostException("No route to host"));
    await().until(() -> value("udp.test", "downstream_sess_active") == 0);
    assertThat(ask(client, LOOPBACK, "2")).isEqualTo("a:2");
    says(new Errors.NativeIoException("recvAddress", Errors.ERROR_EHOSTUNREACH_NEGATIVE));
    await().until(() -> value("udp.test", "downstream_sess_active") == 0);
    assertThat(value("cluster.c", "upstream_cx_connect_fail")).isEqualTo(2);
    assertThat(clusters.entry("c").endpoints()).extracting(Endpoint::errors).containsExactly(2L);
  }

  /// The second datagram is sent before the loop hears what became of the first.
  @Test
  void aClosedPortOfWhichTheNextDatagramHearsIsBlamedToo() throws Exception {
    serve(
        cluster(
            16,
            new OutlierDetection(1, Duration.ofHours(1), 100),
            endpoint(FreePort.next()),
            endpoint(FreePort.next())),
        "127.0.0.1");
    DatagramSocket client = client();
    CountDownLatch sent = new CountDownLatch(1);
    workers.all().forEach(worker -> worker.loop().execute(() -> awaitQuietly(sent)));
    send(client, LOOPBACK, "1");
    send(client, LOOPBACK, "2");
    sent.countDown();
    await().until(() -> value("cluster.c", "outlier_detection.ejections_active") == 1);
    await().until(() -> value("udp.test", "downstream_sess_active") == 0);
    assertThat(value("cluster.c", "upstream_cx_connect_fail")).isEqualTo(1);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// As one whose route is a blackhole: connect says EACCES of a broadcast address.
  @Test
  void anAddressThatCannotBeConnectedToIsBlamed() throws Exception {
    assumeEpoll();
    serve(
        cluster(
            16,
            new OutlierDetection(1, Duration.ofHours(1), 100),
            new LoadAssignment.Endpoint("127.255.255.255", 1),
            new LoadAssignment.Endpoint("127.255.255.255", 2)),
        "127.0.0.1");
    send(client(), LOOPBACK, "lost");
    await().until(() -> value("cluster.c", "outlier_detection.ejections_active") == 1);
    await().until(() -> value("udp.test", "downstream_sess_active") == 0);
    assertThat(value("cluster.c", "upstream_cx_connect_fail")).isEqualTo(1);
  }

  /// The last session's socket hears of that by ICMP.
  private void says(IOException error) throws InterruptedException {
    DatagramChannel session = made.getLast();
    assertThat(session.isConnected()).isTrue();
    session.eventLoop().submit(() -> session.pipeline().fireExceptionCaught(error)).sync();
  }

  /// Which tells the address that was asked, and has errors of its own.
  private static void assumeEpoll() {
    Assumptions.assumeTrue(Epoll.isAvailable(), "no epoll here");
  }

  private static void assumeIpv6() {
    try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK_V6)) {
      assertThat(socket.isBound()).isTrue();
    } catch (IOException none) {
      Assumptions.abort("no IPv6 here");
    }
  }

  /// @return what could not be bound, and why
  private Map<String, String> serve(Cluster cluster, String... addresses) {
    Map<String, Listener> bound =
        Stream.of(addresses)
            .map(address ->
                new Listener(
                    "at " + address,
                    address,
                    port,
                    "test",
                    Listener.Transport.UDP,
                    false,
                    List.of(
                        new FilterChain(
                            "chain",
                            List.of(),
                            Optional.empty(),
                            new UdpProxy(List.of(new WeightedCluster(1, "c")))))))
            .collect(Collectors.toMap(Listener::name, Function.identity()));
    Ir ir = Ir.of(bound, Map.of("c", cluster), Map.of());
    clusters.update(ir);
    return listeners.update(ir, false).listenerErrors();
  }

  private static Cluster cluster(
      int maxSessions, OutlierDetection outlier, LoadAssignment.Endpoint... endpoints) {
    return new Cluster(
        "c",
        new Discovery.StrictDns(List.of(endpoints)),
        new UpstreamProtocol.Bytes(),
        Optional.empty(),
        Duration.ofSeconds(2),
        Cluster.DEFAULT_IDLE_TIMEOUT,
        new CircuitBreakers(maxSessions, maxSessions, maxSessions),
        outlier);
  }

  private LoadAssignment.Endpoint backend(String prefix) throws IOException {
    EchoBackend backend = new EchoBackend(0, prefix);
    open.add(backend);
    return endpoint(backend.port());
  }

  private static LoadAssignment.Endpoint endpoint(int port) {
    return new LoadAssignment.Endpoint("127.0.0.1", port);
  }

  private DatagramSocket client() throws IOException {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
    open.add(socket);
    return socket;
  }

  private void send(DatagramSocket client, InetAddress at, String text) throws IOException {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    client.send(new DatagramPacket(octets, octets.length, at, port));
  }

  private String ask(DatagramSocket client, InetAddress at, String text) throws IOException {
    client.setSoTimeout(10_000);
    send(client, at, text);
    DatagramPacket answer = new DatagramPacket(new byte[512], 512);
    client.receive(answer);
    return new String(
        Arrays.copyOf(answer.getData(), answer.getLength()), StandardCharsets.US_ASCII);
  }

  private long value(String group, String stat) {
    return stats.find(group).orElseThrow().numbers().getOrDefault(stat, 0L);
  }
}
