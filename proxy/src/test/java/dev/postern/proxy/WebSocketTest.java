package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.Cluster;
import dev.postern.ir.Ir;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.VersionedMap;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatStore;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// WebSockets of clients that speak HTTP/1.1.
class WebSocketTest {
  private static final String UPGRADE =
      "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

  private final StatStore stats = new StatStore(1);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void messagesGoBothWaysUntilTheCloseAndTheLogHasTheirSizes() throws Exception {
    WebSocketBackend backend = backend(WebSocketBackend::echoFrames);
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(route.ir());

    Conversation.overWs(route.port());

    await(() -> log.size() == 1);
    assertThat(log.getFirst()).contains("\"GET /chat HTTP/1.1\" 101 - ").contains(" HTTP/1.1 - ");
    String[] fields = log.getFirst().split(" ", -1);
    assertThat(Long.parseLong(fields[6])).isGreaterThan(1_000_000);
    assertThat(Long.parseLong(fields[7])).isGreaterThan(1_000_000);
    assertThat(http("downstream_cx_upgrades_total")).isEqualTo(1);
    assertThat(http("downstream_cx_upgrades_active")).isZero();
    assertThat(backend.heads.getFirst())
        .contains("\r\nconnection: upgrade\r\nupgrade: websocket\r\n", "\r\nx-forwarded-for: ");
    await(() -> cluster("upstream_cx_active") == 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theBackendMayWantTlsAndPreferHttp2(boolean negotiated) throws Exception {
    X509Bundle identity =
        new CertificateBuilder()
            .subject("CN=example.com")
            .addSanDnsName("example.com")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity.toKeyManagerFactory().getKeyManagers(), null, null);
    SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    SSLParameters parameters = server.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    server.setSSLParameters(parameters);
    List<String> chosen = new CopyOnWriteArrayList<>();
    WebSocketBackend backend =
        new WebSocketBackend(
            server,
            (head, socket) -> {
              chosen.add(((SSLSocket) socket).getApplicationProtocol());
              WebSocketBackend.echoFrames(head, socket);
            });
    open.add(backend);
    OneRoute route =
        OneRoute.to(backend.port())
            .with(
                Optional.of(
                    new UpstreamTls(
                        "example.com",
                        new UpstreamTls.Trust.Anchors(List.of(identity.getCertificate())),
                        List.of(new UpstreamTls.SubjectName.Dns("example.com")))));
    proxy(Timeouts.DEFAULT)
        .apply(
            with(
                route.ir(),
                negotiated ? new UpstreamProtocol.Negotiated() : new UpstreamProtocol.Http1()));

    Conversation.overWs(route.port());

    assertThat(chosen).containsExactly("http/1.1");
    await(() -> log.size() == 1);
    assertThat(log.getFirst()).contains(" 101 - ").contains(" HTTP/1.1 TLSv1.3 ");
  }

  @Test
  void aRefusalIsAnOrdinaryResponseAndWhatWasSentAheadIsTheNextRequest() throws Exception {
    WebSocketBackend backend =
        backend((head, socket) ->
            WebSocketBackend.send(
                socket,
                head.contains("upgrade: websocket")
                    ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
                    : "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"));
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(route.ir());
    try (Socket client = connect(route)) {
      WebSocketBackend.send(client, UPGRADE + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(head(client)).startsWith("HTTP/1.1 403 Forbidden").doesNotContain("pgrade");
      assertThat(client.getInputStream().readNBytes(2)).asString().isEqualTo("no");
      assertThat(head(client)).startsWith("HTTP/1.1 200 OK");
      assertThat(client.getInputStream().readNBytes(3)).asString().isEqualTo("yes");
    }
    assertThat(backend.heads.get(1)).startsWith("GET /next ");
    assertThat(backend.connections).hasValue(1);
    assertThat(http("downstream_cx_upgrades_total")).isZero();
  }

  @Test
  void whatEitherSideSendsEarlyArrives() throws Exception {
    CompletableFuture<String> got = new CompletableFuture<>();
    WebSocketBackend backend =
        backend((head, socket) -> {
          WebSocketBackend.send(socket, WebSocketBackend.switching(head) + "early from backend");
          got.complete(
              new String(socket.getInputStream().readNBytes(17), StandardCharsets.US_ASCII));
          throw new EOFException();
        });
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(route.ir());
    try (Socket client = connect(route)) {
      WebSocketBackend.send(client, UPGRADE + "early from client");
      String head = head(client);
      assertThat(head)
          .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
          .contains("\r\nconnection: upgrade\r\nupgrade: websocket\r\n")
          .contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      assertThat(client.getInputStream().readNBytes(18)).asString().isEqualTo("early from backend");
      assertThat(got.get(20, TimeUnit.SECONDS)).isEqualTo("early from client");
    }
  }

  @Test
  void aClientThatEndsItsSideStillGetsTheRest() throws Exception {
    WebSocketBackend backend =
        backend((head, socket) -> {
          WebSocketBackend.send(socket, WebSocketBackend.switching(head));
          byte[] all = socket.getInputStream().readAllBytes();
          WebSocketBackend.send(socket, "got " + all.length);
          throw new EOFException();
        });
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(route.ir());
    try (Socket client = connect(route)) {
      WebSocketBackend.send(client, UPGRADE);
      head(client);
      client.getOutputStream().write(new byte[300_000]);
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("got 300000");
    }
    await(() -> log.size() == 1);
    assertThat(log.getFirst()).contains(" 101 - 300000 10 ");
    await(() -> cluster("upstream_cx_active") == 0);
  }

  @Test
  void aBackendThatEndsItsSideStillGetsTheRest() throws Exception {
    CompletableFuture<Integer> got = new CompletableFuture<>();
    WebSocketBackend backend =
        backend((head, socket) -> {
          WebSocketBackend.send(socket, WebSocketBackend.switching(head) + "bye");
          socket.shutdownOutput();
          got.complete(socket.getInputStream().readAllBytes().length);
          throw new EOFException();
        });
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(route.ir());
    try (Socket client = connect(route)) {
      WebSocketBackend.send(client, UPGRADE);
      head(client);
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("bye");
      client.getOutputStream().write(new byte[300_000]);
    }
    assertThat(got.get(20, TimeUnit.SECONDS)).isEqualTo(300_000);
    await(() -> log.size() == 1);
    assertThat(log.getFirst()).contains(" 101 - 300000 3 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket2, TLS/1.0\r\nConnection: Upgrade\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Content-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Content-Length: 3\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      })
  void whatIsNoHandshakeIsNotRelayedAndMakesA101AFault(String request) throws Exception {
    WebSocketBackend backend =
        backend((head, socket) -> {
          WebSocketBackend.send(socket, WebSocketBackend.switching(head) + "HTTP/1.1 200 OK\r\n");
        });
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(route.ir());
    try (Socket client = connect(route)) {
      WebSocketBackend.send(client, request);
      assertThat(head(client)).startsWith("HTTP/1.1 502 ");
    }
    assertThat(backend.heads.getFirst()).doesNotContainIgnoringCase("upgrade");
    await(() -> log.size() == 1);
    assertThat(log.getFirst()).contains(" 502 UPE ").contains("switched protocols unasked");
  }

  @Test
  void ofSeveralTokensWebsocketAloneIsRelayed() throws Exception {
    WebSocketBackend backend = backend(WebSocketBackend::echoOctets);
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(route.ir());
    try (Socket client = connect(route)) {
      WebSocketBackend.send(
          client, UPGRADE.replace("Upgrade: websocket", "Upgrade: h2c, WebSocket, TLS/1.0"));
      assertThat(head(client)).startsWith("HTTP/1.1 101 ");
    }
    assertThat(backend.heads.getFirst())
        .contains("\r\nupgrade: websocket\r\n")
        .doesNotContain("h2c", "TLS/1.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
      })
  void aSwitchToAnythingElseIsAFault(String answer) throws Exception {
    WebSocketBackend backend = backend((head, socket) -> WebSocketBackend.send(socket, answer));
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(route.ir());
    try (Socket client = connect(route)) {
      WebSocketBackend.send(client, UPGRADE);
      assertThat(head(client)).startsWith("HTTP/1.1 502 ");
    }
    assertThat(log.getFirst()).contains(" 502 UPE ");
  }

  @Test
  void aLengthInA101MeansNothing() throws Exception {
    WebSocketBackend backend =
        backend((head, socket) -> {
          WebSocketBackend.send(
              socket,
              WebSocketBackend.switching(head).replace("\r\n\r\n", "\r\nContent-Length: 4\r\n\r\n")
                  + "bodyrest");
          throw new EOFException();
        });
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(route.ir());
    try (Socket client = connect(route)) {
      WebSocketBackend.send(client, UPGRADE);
      assertThat(head(client)).doesNotContainIgnoringCase("content-length");
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("bodyrest");
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsTheBackendBack() throws Exception {
    AtomicLong written = new AtomicLong();
    long all = 64L << 20;
    WebSocketBackend backend =
        backend((head, socket) -> {
          WebSocketBackend.send(socket, WebSocketBackend.switching(head));
          byte[] part = new byte[64 * 1024];
          while (written.get() < all) {
            socket.getOutputStream().write(part);
            written.addAndGet(part.length);
          }
          throw new EOFException();
        });
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(route.ir());
    try (Socket client = connect(route)) {
      WebSocketBackend.send(client, UPGRADE);
      head(client);
      await(() -> cluster("upstream_flow_control_paused_reading_total") > 0);
      assertThat(written.get()).isLessThan(all);
      long read = 0;
      byte[] part = new byte[64 * 1024];
      int count;
      while ((count = client.getInputStream().read(part)) >= 0) {
        read += count;
      }
      assertThat(read).isEqualTo(all);
    }
  }

  @Test
  void aTunnelWithoutOctetsEnds() throws Exception {
    WebSocketBackend backend = backend(WebSocketBackend::echoOctets);
    OneRoute route = OneRoute.to(backend.port());
    Duration usual = Duration.ofSeconds(9);
    proxy(new Timeouts(usual, usual, usual, Duration.ofMillis(400))).apply(route.ir());
    endsByItself(route);
  }

  @Test
  void aTunnelKeepsToWhatIsSaidOfItsBackend() throws Exception {
    WebSocketBackend backend = backend(WebSocketBackend::echoOctets);
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(with(route.ir(), Optional.of(Duration.ofMillis(400))));
    endsByItself(route);
  }

  private void endsByItself(OneRoute route) throws Exception {
    try (Socket client = connect(route)) {
      WebSocketBackend.send(client, UPGRADE);
      head(client);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    await(() -> log.size() == 1);
    assertThat(log.getFirst()).contains(" 101 SI ").contains("nothing came through the tunnel");
    await(() -> cluster("upstream_cx_active") == 0);
    assertThat(cluster("upstream_rq_timeout")).isZero();
  }

  @Test
  void aDrainLetsTunnelsBeUntilItsLimit() throws Exception {
    WebSocketBackend backend = backend(WebSocketBackend::echoOctets);
    OneRoute route = OneRoute.to(backend.port());
    EmbeddedProxy proxy = proxy(Timeouts.DEFAULT);
    proxy.apply(route.ir());
    try (Socket client = connect(route)) {
      WebSocketBackend.send(client, UPGRADE);
      head(client);
      assertThat(proxy.drain(Duration.ofMillis(600))).isFalse();
      WebSocketBackend.send(client, "still there");
      assertThat(client.getInputStream().readNBytes(11)).asString().isEqualTo("still there");
    }
    assertThat(proxy.drain(Duration.ofSeconds(20))).isTrue();
  }

  @Test
  void aBackendThatResetsATunnelDoesNotCountAsFailing() throws Exception {
    WebSocketBackend backend =
        backend((head, socket) -> {
          WebSocketBackend.send(socket, WebSocketBackend.switching(head));
          socket.getInputStream().read();
          socket.setSoLinger(true, 0);
          throw new EOFException();
        });
    OneRoute route = OneRoute.to(backend.port());
    proxy(Timeouts.DEFAULT).apply(route.ir());
    try (Socket client = connect(route)) {
      WebSocketBackend.send(client, UPGRADE);
      head(client);
      WebSocketBackend.send(client, "x");
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    await(() -> log.size() == 1);
    assertThat(log.getFirst()).contains(" 101 UC ");
    assertThat(http("downstream_cx_upgrades_active")).isZero();
  }

  private WebSocketBackend backend(WebSocketBackend.Session session) throws IOException {
    WebSocketBackend backend = new WebSocketBackend(session);
    open.add(backend);
    return backend;
  }

  private EmbeddedProxy proxy(Timeouts timeouts) {
    EmbeddedProxy proxy =
        new EmbeddedProxy(
            new ProxyOptions(1, Optional.of(log::add), timeouts, Limits.DEFAULT), stats);
    open.add(proxy);
    return proxy;
  }

  private static Ir with(Ir ir, UpstreamProtocol protocol) {
    return with(ir, protocol, Optional.empty());
  }

  private static Ir with(Ir ir, Optional<Duration> streamIdle) {
    return with(ir, ir.clusters().get("c").protocol(), streamIdle);
  }

  private static Ir with(Ir ir, UpstreamProtocol protocol, Optional<Duration> streamIdle) {
    Cluster c = ir.clusters().get("c");
    Cluster other =
        new Cluster(
            c.name(),
            c.discovery(),
            protocol,
            c.tls(),
            c.connectTimeout(),
            c.idleTimeout(),
            streamIdle,
            c.circuitBreakers(),
            c.outlierDetection(),
            c.lbPolicy(),
            c.healthCheck(),
            c.retryBudget());
    return new Ir(ir.listeners(), VersionedMap.copyOf(Map.of("c", other)), ir.loadAssignments());
  }

  private static Socket connect(OneRoute route) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), route.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static String head(Socket socket) throws IOException {
    return WebSocketBackend.head(socket.getInputStream());
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private long http(String name) {
    return stats.find("http.test").orElseThrow().numbers().get(name);
  }

  private long cluster(String name) {
    return stats.find("cluster.c").orElseThrow().numbers().get(name);
  }
}
