package dev.postern.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.DownstreamTls;
import dev.postern.ir.DownstreamTls.ClientValidation;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.FilterChain;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.NetworkFilter.TcpProxy;
import dev.postern.ir.NetworkFilter.WeightedCluster;
import dev.postern.ir.OcspResponse;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.TlsParameters;
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
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Octets and TLS towards clients, over real sockets: an ir in, bytes out. The clients are the
/// JDK's.
class TcpProxyTest {
  private final StatStore stats = new StatStore(1);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private EmbeddedProxy proxy =
      new EmbeddedProxy(new ProxyOptions(1, Optional.of(log::add)), stats);
  private final List<AutoCloseable> open = new ArrayList<>(List.of(proxy));
  private final X509Bundle authority = Certificates.selfSigned(Certificates.authority("ca"));
  private final int port = FreePort.next();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void eachDirectionEndsByItself() throws Exception {
    apply(false, chain("plain", List.of(), Optional.empty(), "c"), echoAfterTheEnd());
    byte[] sent = new byte[3_000_000];
    new Random(7).nextBytes(sent);
    try (Socket client = connect()) {
      client.getOutputStream().write(sent);
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
    }
    awaitLog();
    assertThat(log.getFirst()).contains("\"- - -\" 0 - 3000000 3000000 ");
    assertThat(value("tcp.test", "downstream_cx_rx_bytes_total")).isEqualTo(3_000_000);
    assertThat(value("cluster.c", "upstream_cx_tx_bytes_total")).isEqualTo(3_000_000);
  }

  /// The system says so before anybody could wait for it: nobody connects to a broadcast address.
  @Test
  void anEndpointThatIsRefusedAtOnceIsPassedOver() throws Exception {
    int served = greeter("hello");
    LoadAssignment both =
        new LoadAssignment(
            "c",
            List.of(
                new LoadAssignment.Endpoint("255.255.255.255", served),
                new LoadAssignment.Endpoint("127.0.0.1", served)));
    proxy.apply(
        Ir.of(
            Map.of("l", listener(false, chain("plain", List.of(), Optional.empty(), "c"))),
            Map.of("c", cluster("c")),
            Map.of("c", both)));
    for (int i = 0; i < 20; i++) {
      try (Socket client = connect()) {
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(ascii("hello"));
      }
    }
    assertThat(value("cluster.c", "upstream_cx_connect_fail")).isBetween(1L, 19L);
  }

  @Test
  void anEndpointThatCannotBeReachedIsPassedOver() throws Exception {
    apply(
        false, chain("plain", List.of(), Optional.empty(), "c"), FreePort.next(), greeter("hello"));
    for (int i = 0; i < 20; i++) {
      try (Socket client = connect()) {
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(ascii("hello"));
      }
    }
    assertThat(value("cluster.c", "upstream_cx_connect_fail")).isBetween(1L, 19L);
  }

  @Test
  void nowhereToGoClosesTheConnection() throws Exception {
    apply(false, chain("plain", List.of(), Optional.empty(), ""));
    assertThat(readAll(connect())).isEmpty();
    apply(false, chain("plain", List.of(), Optional.empty(), "c"));
    assertThat(readAll(connect())).isEmpty();
    assertThat(value("cluster.c", "upstream_cx_none_healthy")).isEqualTo(1);
    assertThat(value("tcp.test", "downstream_cx_no_route")).isEqualTo(1);
  }

  @Test
  void tlsEndsHereOrIsPassedThroughByServerName() throws Exception {
    X509Bundle ours = identity("ours.example");
    X509Bundle theirs = identity("theirs.example");
    int plainBackend = greeter("in plaintext");
    int tlsBackend = tlsGreeter(theirs, "end to end");
    Map<String, Cluster> clusters = Map.of("plain", cluster("plain"), "tls", cluster("tls"));
    proxy.apply(
        Ir.of(
            Map.of(
                "l",
                listener(
                    true,
                    chain("a", List.of("ours.example"), Optional.of(tls(ours)), "plain"),
                    chain("b", List.of("*.example"), Optional.empty(), "tls"))),
            clusters,
            Map.of(
                "plain", endpoints("plain", plainBackend), "tls", endpoints("tls", tlsBackend))));
    try (SSLSocket client = stranger("ours.example")) {
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(ascii("in plaintext"));
      assertThat(client.getSession().getPeerCertificates()[0]).isEqualTo(ours.getCertificate());
    }
    try (SSLSocket client = stranger("theirs.example")) {
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(ascii("end to end"));
      assertThat(client.getSession().getPeerCertificates()[0]).isEqualTo(theirs.getCertificate());
    }
    assertThatThrownBy(() -> stranger("elsewhere.test").startHandshake())
        .isInstanceOf(IOException.class);
    try (Socket client = connect()) {
      client.getOutputStream().write(ascii("GET / HTTP/1.1\r\n\r\n"));
      assertThat(readAll(client)).isEmpty();
    }
    assertThat(value("listener.l", "no_filter_chain_match")).isEqualTo(1);
  }

  @Test
  void onlyClientsWithAValidCertificateComeIn() throws Exception {
    X509Bundle server = identity("ours.example");
    X509Bundle stranger = Certificates.selfSigned(Certificates.leaf("client"));
    X509Bundle client = Certificates.issued(Certificates.leaf("client"), authority);
    X509Bundle serverOnly =
        Certificates.issued(Certificates.leaf("client").addExtendedKeyUsageServerAuth(), authority);
    apply(true, validating(server, authority, false), greeter("hello"));
    assertThat(tlsClient("ours.example", client).getInputStream().readAllBytes())
        .isEqualTo(ascii("hello"));
    for (X509Bundle refused : Arrays.asList(null, stranger, serverOnly)) {
      assertThatThrownBy(() -> tlsClient("ours.example", refused).getInputStream().readAllBytes())
          .isInstanceOf(IOException.class);
    }
    assertThat(value("listener.l", "ssl.fail_verify_no_cert")).isEqualTo(1);
    assertThat(value("listener.l", "ssl.fail_verify_error")).isEqualTo(2);
  }

  @Test
  void whoWasVerifiedByAnotherAuthorityIsVerifiedAnew() throws Exception {
    X509Bundle server = identity("ours.example");
    X509Bundle client = Certificates.issued(Certificates.leaf("client"), authority);
    SSLContext context = context(client);
    int backend = greeter("hello");
    apply(true, validating(server, authority, false), backend);
    for (int i = 0; i < 2; i++) {
      assertThat(tlsClient("ours.example", context).getInputStream().readAllBytes())
          .isEqualTo(ascii("hello"));
    }
    assertThat(value("listener.l", "ssl.session_reused")).isEqualTo(1);
    X509Bundle other = Certificates.selfSigned(Certificates.authority("other"));
    apply(true, validating(server, other, false), backend);
    assertThatThrownBy(() -> tlsClient("ours.example", context).getInputStream().readAllBytes())
        .isInstanceOf(IOException.class);
  }

  @Test
  void withTheFallbackEverybodyComesInAndIsCounted() throws Exception {
    X509Bundle stranger = Certificates.selfSigned(Certificates.leaf("client"));
    apply(true, validating(identity("ours.example"), authority, true), greeter("hello"));
    for (X509Bundle client : Arrays.asList(null, stranger)) {
      assertThat(tlsClient("ours.example", client).getInputStream().readAllBytes())
          .isEqualTo(ascii("hello"));
    }
    assertThat(value("listener.l", "ssl.no_certificate")).isEqualTo(1);
    assertThat(value("listener.l", "ssl.fail_verify_error")).isEqualTo(1);
  }

  /// In TLS 1.2 the server has the last word of a handshake, whether or not anybody has more to
  /// say.
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theHandshakeEndsBeforeAnybodySpeaks(String version) throws Exception {
    X509Bundle ours = identity("ours.example");
    apply(true, chain("tls", List.of(), Optional.of(tls(ours)), "c"), echoAfterTheEnd());
    try (SSLSocket client = stranger("ours.example")) {
      client.setEnabledProtocols(new String[] {version});
      client.startHandshake();
      assertThat(client.getSession().getProtocol()).isEqualTo(version);
    }
  }

  @Test
  void closeNotifyOfTheClientEndsBothDirectionsAndTheBackendGetsAll() throws Exception {
    X509Bundle ours = identity("ours.example");
    apply(true, chain("tls", List.of(), Optional.of(tls(ours)), "c"), echoAfterTheEnd());
    try (SSLSocket client = stranger("ours.example")) {
      client.getOutputStream().write(new byte[300_000]);
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEmpty();
    }
    awaitLog();
    assertThat(value("cluster.c", "upstream_cx_tx_bytes_total")).isEqualTo(300_000);
  }

  @Test
  void aBackendIsReachedOverTlsThatIsVerified() throws Exception {
    X509Bundle backend = identity("backend.example");
    int port = tlsGreeter(backend, "over TLS");
    for (String name : List.of("backend.example", "other.example")) {
      Cluster cluster = cluster("c", Optional.of(upstreamTls(name)));
      proxy.apply(
          Ir.of(
              Map.of("l", listener(false, chain("plain", List.of(), Optional.empty(), "c"))),
              Map.of("c", cluster),
              Map.of("c", endpoints("c", port))));
      assertThat(readAll(connect()))
          .isEqualTo(name.startsWith("backend") ? ascii("over TLS") : new byte[0]);
    }
    assertThat(value("cluster.c", "ssl.handshake")).isEqualTo(1);
    assertThat(value("cluster.c", "ssl.fail_verify_san")).isEqualTo(1);
  }

  @Test
  void aClientThatDoesNotReadHoldsUpTheBackend() throws Exception {
    AtomicLong written = new AtomicLong();
    long all = 256L << 20;
    int backend =
        serve(
            new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
            socket -> {
              byte[] some = new byte[64 * 1024];
              while (written.get() < all) {
                socket.getOutputStream().write(some);
                written.addAndGet(some.length);
              }
            });
    apply(false, chain("plain", List.of(), Optional.empty(), "c"), backend);
    try (Socket client = connect()) {
      Awaitility.await("the backend is not read from")
          .until(() -> value("cluster.c", "upstream_flow_control_paused_reading_total") > 0);
      assertThat(written.get()).isLessThan(all);
      assertThat(client.getInputStream().transferTo(OutputStream.nullOutputStream()))
          .isEqualTo(all);
    }
  }

  @Test
  void aQuietConnectionEnds() throws Exception {
    Duration second = Duration.ofSeconds(1);
    proxy.close();
    open.add(
        proxy =
            new EmbeddedProxy(
                new ProxyOptions(
                    1,
                    Optional.of(log::add),
                    new Timeouts(second, second, second, Duration.ofMillis(300)),
                    Limits.DEFAULT),
                stats));
    apply(false, chain("plain", List.of(), Optional.empty(), "c"), echoAfterTheEnd());
    assertThat(readAll(connect())).isEmpty();
    assertThat(value("tcp.test", "idle_timeout")).isEqualTo(1);
  }

  @Test
  void aConnectionOutlivesItsListenerAndItsBackendsPlaceInTheConfiguration() throws Exception {
    apply(false, chain("plain", List.of(), Optional.empty(), "c"), echoAfterTheEnd());
    try (Socket client = connect()) {
      client.getOutputStream().write(ascii("before "));
      Awaitility.await("it is connected")
          .until(() -> value("cluster.c", "upstream_cx_tx_bytes_total") > 0);
      proxy.apply(Ir.of(Map.of(), Map.of(), Map.of()));
      assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
      client.getOutputStream().write(ascii("after"));
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(ascii("before after"));
    }
  }

  @Test
  void drainingWaitsForConnections() throws Exception {
    apply(false, chain("plain", List.of(), Optional.empty(), "c"), echoAfterTheEnd());
    try (Socket client = connect()) {
      client.getOutputStream().write(ascii("hello"));
      Awaitility.await("it is connected")
          .until(() -> value("cluster.c", "upstream_cx_tx_bytes_total") > 0);
      assertThat(proxy.drain(Duration.ofMillis(100))).isFalse();
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(ascii("hello"));
    }
    assertThat(proxy.drain(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void anOcspResponseIsStapled() throws Exception {
    ServerCertificate plain = tls(identity("ours.example")).certificates().getFirst();
    ServerCertificate stapled =
        new ServerCertificate(
            "ns/cert",
            plain.chain(),
            plain.privateKey(),
            Optional.of(new OcspResponse(new byte[] {48, 3, 10, 1, 6})));
    for (ServerCertificate certificate : List.of(plain, stapled)) {
      DownstreamTls tls = new DownstreamTls(List.of(certificate), List.of());
      apply(true, chain("tls", List.of(), Optional.of(tls), "c"), greeter("hello"));
      Process client =
          new ProcessBuilder("openssl", "s_client", "-status", "-connect", "127.0.0.1:" + port)
              .redirectErrorStream(true)
              .start();
      client.getOutputStream().close();
      String printed = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (certificate.equals(stapled)) {
        assertThat(printed).contains("OCSP Response Status: unauthorized");
      } else {
        assertThat(printed).contains("OCSP response: no response sent");
      }
    }
  }

  private UpstreamTls upstreamTls(String name) {
    return new UpstreamTls(
        name,
        new UpstreamTls.Trust.Anchors(List.of(authority.getCertificate())),
        List.of(new UpstreamTls.SubjectName.Dns(name)));
  }

  private FilterChain validating(X509Bundle server, X509Bundle ca, boolean fallback) {
    DownstreamTls tls =
        new DownstreamTls(
            tls(server).certificates(),
            List.of(),
            TlsParameters.DEFAULT,
            Optional.of(new ClientValidation(List.of(ca.getCertificate()), fallback)));
    return chain("mtls", List.of(), Optional.of(tls), "c");
  }

  private void apply(boolean inspector, FilterChain chain, int... backends) {
    proxy.apply(
        Ir.of(
            Map.of("l", listener(inspector, chain)),
            Map.of("c", cluster("c")),
            Map.of("c", endpoints("c", backends))));
  }

  private Listener listener(boolean inspector, FilterChain... chains) {
    return new Listener(
        "l", "127.0.0.1", port, "test", Listener.Transport.TCP, inspector, List.of(chains));
  }

  private static FilterChain chain(
      String name, List<String> serverNames, Optional<DownstreamTls> tls, String cluster) {
    return new FilterChain(
        name, serverNames, tls, new TcpProxy(List.of(new WeightedCluster(1, cluster))));
  }

  private static LoadAssignment endpoints(String cluster, int... ports) {
    return new LoadAssignment(
        cluster,
        Arrays.stream(ports).mapToObj(p -> new LoadAssignment.Endpoint("127.0.0.1", p)).toList());
  }

  private static Cluster cluster(String name) {
    return cluster(name, Optional.empty());
  }

  private static Cluster cluster(String name, Optional<UpstreamTls> tls) {
    return new Cluster(
        name,
        new Discovery.Eds(),
        new UpstreamProtocol.Bytes(),
        tls,
        Duration.ofSeconds(2),
        Cluster.DEFAULT_IDLE_TIMEOUT,
        CircuitBreakers.DEFAULT,
        OutlierDetection.DEFAULT);
  }

  private X509Bundle identity(String name) {
    return Certificates.issued(Certificates.leaf(name), authority);
  }

  private static DownstreamTls tls(X509Bundle identity) {
    return new DownstreamTls(
        List.of(
            new ServerCertificate(
                "ns/cert",
                List.of(identity.getCertificatePath()),
                new PrivateKeyDer(identity.getKeyPair().getPrivate().getEncoded()))),
        List.of());
  }

  private interface Talk {
    void with(Socket socket) throws IOException;
  }

  private int serve(ServerSocket server, Talk talk) {
    open.add(server);
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              Thread.ofVirtual().start(() -> talk(socket, talk));
            } catch (IOException e) {
              return; // closed
            }
          }
        });
    return server.getLocalPort();
  }

  private static void talk(Socket socket, Talk talk) {
    try (socket) {
      talk.with(socket);
    } catch (IOException e) {
      // the client's side tells
    }
  }

  private int greeter(String text) throws IOException {
    return serve(
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        socket -> socket.getOutputStream().write(ascii(text)));
  }

  private int tlsGreeter(X509Bundle identity, String text) throws Exception {
    return serve(
        context(identity)
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        socket -> socket.getOutputStream().write(ascii(text)));
  }

  private int echoAfterTheEnd() throws IOException {
    return serve(
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        socket -> socket.getOutputStream().write(socket.getInputStream().readAllBytes()));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private SSLSocket stranger(String name) throws Exception {
    return tlsClient(name, context(null));
  }

  private SSLSocket tlsClient(String name, X509Bundle identity) throws Exception {
    return tlsClient(name, context(identity));
  }

  private SSLSocket tlsClient(String name, SSLContext context) throws Exception {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    open.add(socket);
    socket.setSoTimeout(20_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    socket.setSSLParameters(parameters);
    return socket;
  }

  private SSLContext context(X509Bundle identity) throws Exception {
    KeyManager[] keys = identity == null ? null : identity.toKeyManagerFactory().getKeyManagers();
    TrustManager[] trust = authority.toTrustManagerFactory().getTrustManagers();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust, null);
    return context;
  }

  private static byte[] readAll(Socket socket) throws IOException {
    try (socket) {
      InputStream in = socket.getInputStream();
      return in.readAllBytes();
    } catch (java.net.SocketException reset) {
      return new byte[0];
    }
  }

  private void awaitLog() {
    Awaitility.await("the access log").until(() -> !log.isEmpty());
  }

  private long value(String group, String stat) {
    return stats.find(group).orElseThrow().numbers().getOrDefault(stat, 0L);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
