package dev.postern.proxy.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.postern.proxy.EmbeddedProxy;
import dev.postern.proxy.ProxyOptions;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatStore;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Datagrams over real sockets: an ir in, datagrams out.
class UdpProxyTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final StatStore stats = new StatStore(1);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final int port = freePort();
  private String address = "127.0.0.1";
  private EmbeddedProxy proxy = proxy(Timeouts.DEFAULT);

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void datagramsGoToTheBackendAndItsAnswersComeBack() throws Exception {
    apply(16, Map.of("c", new int[] {backend("a:")}), new WeightedCluster(1, "c"));
    DatagramSocket one = client();
    DatagramSocket other = client();
    assertThat(ask(one, "1")).isEqualTo("a:1");
    assertThat(ask(other, "2")).isEqualTo("a:2");
    assertThat(ask(one, "3")).isEqualTo("a:3");
    awaitValue("udp.test", "downstream_sess_tx_datagrams", 3);
    assertThat(value("udp.test", "downstream_sess_total")).isEqualTo(2);
    assertThat(value("udp.test", "downstream_sess_active")).isEqualTo(2);
    assertThat(value("udp.test", "downstream_sess_rx_datagrams")).isEqualTo(3);
    assertThat(value("udp.test", "downstream_sess_rx_bytes")).isEqualTo(3);
    assertThat(value("udp.test", "downstream_sess_tx_bytes")).isEqualTo(9);
    assertThat(value("cluster.c", "upstream_cx_active")).isEqualTo(2);
  }

  @Test
  void aLargeDatagramStaysWhole() throws Exception {
    apply(16, Map.of("c", new int[] {backend("")}), new WeightedCluster(1, "c"));
    byte[] large = new byte[60_000];
    new Random(7).nextBytes(large);
    DatagramSocket client = client();
    assertThat(ask(client, large)).isEqualTo(large);
  }

  @Test
  void nothingListensForTcpThere() {
    apply(16, Map.of(), new WeightedCluster(1, ""));
    assertThatThrownBy(() -> new Socket(LOOPBACK, port).close()).isInstanceOf(IOException.class);
  }

  @Test
  void aSessionKeepsItsBackendAndSessionsAreSharedOutByWeight() throws Exception {
    apply(
        1000,
        Map.of("a", new int[] {backend("a")}, "b", new int[] {backend("b")}),
        new WeightedCluster(3, "a"),
        new WeightedCluster(1, "b"),
        new WeightedCluster(0, "never"));
    int toA = 0;
    for (int i = 0; i < 200; i++) {
      try (DatagramSocket client = client()) {
        String first = ask(client, "?");
        assertThat(ask(client, "?")).isEqualTo(first);
        toA += first.equals("a?") ? 1 : 0;
      }
    }
    assertThat(toA).isBetween(115, 185);
  }

  @Test
  void aDatagramWithoutABackendIsDroppedAndCounted() throws Exception {
    apply(16, Map.of("c", new int[0]), new WeightedCluster(1, ""));
    send(client(), "x");
    awaitValue("udp.test", "downstream_sess_no_route", 1);
    apply(16, Map.of("c", new int[0]), new WeightedCluster(1, "c"));
    send(client(), "x");
    awaitValue("cluster.c", "upstream_cx_none_healthy", 1);
    assertThat(value("udp.test", "downstream_sess_no_route")).isEqualTo(2);
    assertThat(value("udp.test", "downstream_sess_active")).isZero();
  }

  @Test
  void whoComesWhenAllSessionsAreTakenIsDroppedAndCounted() throws Exception {
    apply(1, Map.of("c", new int[] {backend("")}), new WeightedCluster(1, "c"));
    DatagramSocket first = client();
    assertThat(ask(first, "1")).isEqualTo("1");
    send(client(), "2");
    awaitValue("udp.test", "downstream_sess_overflow", 1);
    assertThat(ask(first, "3")).isEqualTo("3");
  }

  @Test
  void aQuietSessionEnds() throws Exception {
    Duration second = Duration.ofSeconds(1);
    proxy = proxy(new Timeouts(second, second, Duration.ofMillis(300)));
    apply(1, Map.of("c", new int[] {backend("")}), new WeightedCluster(1, "c"));
    DatagramSocket client = client();
    assertThat(ask(client, "1")).isEqualTo("1");
    awaitValue("udp.test", "idle_timeout", 1);
    assertThat(value("udp.test", "downstream_sess_active")).isZero();
    assertThat(ask(client(), "there is room again")).isEqualTo("there is room again");
  }

  @Test
  void aSessionWhoseBackendIsGoneGoesElsewhere() throws Exception {
    int b = backend("b");
    apply(16, Map.of("c", new int[] {backend("a")}), new WeightedCluster(1, "c"));
    DatagramSocket client = client();
    assertThat(ask(client, "?")).isEqualTo("a?");
    apply(16, Map.of("c", new int[] {b}), new WeightedCluster(1, "c"));
    assertThat(ask(client, "?")).isEqualTo("b?");
    apply(16, Map.of("d", new int[] {backend("d")}), new WeightedCluster(1, "d"));
    assertThat(ask(client, "?")).isEqualTo("d?");
    assertThat(value("udp.test", "downstream_sess_active")).isEqualTo(1);
  }

  @Test
  void aBackendThatIsNotThereEndsTheSession() throws Exception {
    apply(16, Map.of("c", new int[] {freePort()}), new WeightedCluster(1, "c"));
    DatagramSocket client = client();
    send(client, "x");
    awaitValue("cluster.c", "upstream_cx_connect_fail", 1);
    awaitValue("udp.test", "downstream_sess_active", 0);
  }

  @Test
  void aListenerThatIsGoneLetsGoOfItsPortAndItsSessions() throws Exception {
    apply(16, Map.of("c", new int[] {backend("")}), new WeightedCluster(1, "c"));
    assertThat(ask(client(), "1")).isEqualTo("1");
    proxy.apply(Ir.of(Map.of(), Map.of(), Map.of()));
    awaitValue("udp.test", "downstream_sess_active", 0);
    new DatagramSocket(port, LOOPBACK).close();
  }

  @Test
  void aPortThatIsTakenIsSaid() throws Exception {
    try (DatagramSocket taken = new DatagramSocket(port, LOOPBACK)) {
      assertThat(apply(16, Map.of(), new WeightedCluster(1, "")))
          .containsOnlyKeys("l_udp")
          .allSatisfy((_, why) -> assertThat(why).contains("in use", "ss -lunp"));
      assertThat(taken.isBound()).isTrue();
    }
    assertThat(apply(16, Map.of(), new WeightedCluster(1, ""))).isEmpty();
  }

  @Test
  void answersComeFromTheAddressThatTheClientAsked() throws Exception {
    address = "0.0.0.0";
    apply(16, Map.of("c", new int[] {backend("a:")}), new WeightedCluster(1, "c"));
    List<InetAddress> all = List.of(loopback(1), loopback(2), loopback(3));
    for (InetAddress asked : all) {
      DatagramSocket connected = client();
      connected.connect(asked, port); // from now on it hears nobody else
      assertThat(ask(connected, asked, "1")).isEqualTo("a:1");
      assertThat(ask(connected, asked, "2")).isEqualTo("a:2");
    }
    DatagramSocket client = client();
    for (int i = 0; i < 3; i++) {
      for (InetAddress asked : all) {
        assertThat(ask(client, asked, "?")).isEqualTo("a:?");
      }
    }
    assertThat(value("udp.test", "downstream_sess_total")).isEqualTo(6);
    assertThat(value("udp.test", "downstream_sess_rx_datagrams")).isEqualTo(15);
  }

  @Test
  void anAddressThatWasAskedIsTakenAsLongAsTheListenerIsThere() throws Exception {
    address = "0.0.0.0";
    apply(16, Map.of("c", new int[] {backend("")}), new WeightedCluster(1, "c"));
    assertThat(ask(client(), loopback(2), "1")).isEqualTo("1");
    for (int last : new int[] {2, 3}) {
      assertThatThrownBy(() -> reusing(loopback(last))).isInstanceOf(IOException.class);
    }
    proxy.apply(Ir.of(Map.of(), Map.of(), Map.of()));
    reusing(loopback(2));
    reusing(loopback(3));
  }

  /// Takes the port there, if it may be shared.
  private void reusing(InetAddress at) throws IOException {
    DatagramSocket socket = new DatagramSocket(null);
    open.add(socket);
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(at, port));
  }

  private static InetAddress loopback(int last) {
    return InetAddress.ofLiteral("127.0.0." + last);
  }

  private EmbeddedProxy proxy(Timeouts timeouts) {
    EmbeddedProxy made =
        new EmbeddedProxy(new ProxyOptions(1, Optional.empty(), timeouts, Limits.DEFAULT), stats);
    open.add(made);
    return made;
  }

  private Map<String, String> apply(
      int maxSessions, Map<String, int[]> backends, WeightedCluster... to) {
    Listener listener =
        new Listener(
            "l_udp",
            address,
            port,
            "test",
            Listener.Transport.UDP,
            false,
            List.of(
                new FilterChain("chain", List.of(), Optional.empty(), new UdpProxy(List.of(to)))));
    return proxy
        .apply(
            Ir.of(
                Map.of("l_udp", listener),
                backends.keySet().stream()
                    .collect(Collectors.toMap(name -> name, name -> cluster(name, maxSessions))),
                backends.entrySet().stream()
                    .collect(
                        Collectors.toMap(
                            Map.Entry::getKey, e -> endpoints(e.getKey(), e.getValue())))))
        .listenerErrors();
  }

  private static LoadAssignment endpoints(String cluster, int... ports) {
    return new LoadAssignment(
        cluster,
        Arrays.stream(ports).mapToObj(p -> new LoadAssignment.Endpoint("127.0.0.1", p)).toList());
  }

  private static Cluster cluster(String name, int maxSessions) {
    return new Cluster(
        name,
        new Discovery.Eds(),
        new UpstreamProtocol.Bytes(),
        Optional.empty(),
        Duration.ofSeconds(2),
        Cluster.DEFAULT_IDLE_TIMEOUT,
        new CircuitBreakers(maxSessions, maxSessions, maxSessions),
        OutlierDetection.DEFAULT);
  }

  private int backend(String prefix) throws IOException {
    EchoBackend backend = new EchoBackend(0, prefix);
    open.add(backend);
    return backend.port();
  }

  private DatagramSocket client() throws IOException {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
    open.add(socket);
    return socket;
  }

  private void send(DatagramSocket client, String text) throws IOException {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    client.send(new DatagramPacket(octets, octets.length, LOOPBACK, port));
  }

  private String ask(DatagramSocket client, String text) throws IOException {
    return new String(
        ask(client, text.getBytes(StandardCharsets.US_ASCII)), StandardCharsets.US_ASCII);
  }

  private String ask(DatagramSocket client, InetAddress at, String text) throws IOException {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    return new String(ask(client, at, octets), StandardCharsets.US_ASCII);
  }

  private byte[] ask(DatagramSocket client, byte[] question) throws IOException {
    return ask(client, LOOPBACK, question);
  }

  private byte[] ask(DatagramSocket client, InetAddress at, byte[] question) throws IOException {
    client.setSoTimeout(10_000);
    client.send(new DatagramPacket(question, question.length, at, port));
    DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
    client.receive(answer);
    assertThat(answer.getSocketAddress()).isEqualTo(new InetSocketAddress(at, port));
    return Arrays.copyOf(answer.getData(), answer.getLength());
  }

  private void awaitValue(String group, String stat, long wanted) {
    Awaitility.await(group + "." + stat).until(() -> value(group, stat) == wanted);
  }

  private long value(String group, String stat) {
    return stats.find(group).orElseThrow().numbers().getOrDefault(stat, 0L);
  }

  private static int freePort() {
    try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
