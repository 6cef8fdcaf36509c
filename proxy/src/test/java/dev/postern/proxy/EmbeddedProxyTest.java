package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.postern.ir.DataPlane;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.HeaderMutation.HeaderValue;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatGroup;
import dev.postern.stats.StatStore;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Real sockets: an ir in, bytes out.
class EmbeddedProxyTest {
  private static final Timeouts SHORT =
      new Timeouts(Duration.ofMillis(400), Duration.ofSeconds(5), Duration.ofMillis(600));

  private final StatStore stats = new StatStore(2);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void aPolicyThatComesAndGoesCostsNoRequestAndIsObeyedByTheNext() throws Exception {
    X509Bundle certificate = selfSigned();
    HttpsServer tls = HttpsServer.create(anyPort(), 0);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
    tls.setHttpsConfigurator(new HttpsConfigurator(context));
    int tlsPort = serve(tls, "tls");
    int plainPort = serve(HttpServer.create(anyPort(), 0), "plain");
    Optional<UpstreamTls> policy = Optional.of(trusting(certificate));
    EmbeddedProxy proxy = proxy(Timeouts.DEFAULT);
    OneRoute route = OneRoute.to(plainPort);
    for (int i = 0; i < 100; i++) {
      proxy.apply(route.with(policy).with(List.of(tlsPort)).ir());
      assertThat(get(route).body()).isEqualTo("tls");
      proxy.apply(route.ir());
      assertThat(get(route).body()).isEqualTo("plain");
    }
    assertThat(named("ssl.versions.TLSv1.3")).isEqualTo(100);
  }

  @Test
  void steadyTrafficSurvivesChangesOfEverything() throws Exception {
    int first = serve(HttpServer.create(anyPort(), 0), "one");
    int second = serve(HttpServer.create(anyPort(), 0), "two");
    EmbeddedProxy proxy = proxy(Timeouts.DEFAULT);
    OneRoute route = OneRoute.to(first, second);
    proxy.apply(route.ir());
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger good = new AtomicInteger();
    List<String> bad = new CopyOnWriteArrayList<>();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(
          Thread.ofVirtual()
              .start(() -> {
                while (!stop.get()) {
                  try {
                    int status = get(route).statusCode();
                    if (status == 200) {
                      good.incrementAndGet();
                    } else {
                      bad.add("status " + status);
                    }
                  } catch (Exception e) {
                    bad.add(e.toString());
                  }
                }
              }));
    }
    for (int i = 0; i < 200; i++) {
      OneRoute next = route.with(i % 3 == 0 ? List.of(first) : List.of(second, first));
      proxy.apply(
          next.with(
                  new HeaderMutation(
                      List.of(new HeaderValue("x-round", "" + i)), List.of(), List.of()))
              .ir());
    }
    stop.set(true);
    for (Thread thread : clients) {
      thread.join();
    }
    assertThat(bad).isEmpty();
    assertThat(good.get()).isPositive();
  }

  @Test
  void aDeadEndpointIsPassedOver() throws Exception {
    int alive = serve(HttpServer.create(anyPort(), 0), "alive");
    OneRoute route = OneRoute.to(FreePort.next(), alive);
    proxy(Timeouts.DEFAULT).apply(route.ir());
    for (int i = 0; i < 50; i++) {
      assertThat(get(route).body()).isEqualTo("alive");
    }
    assertThat(counter("upstream_cx_connect_fail")).isBetween(1L, 20L);
  }

  @Test
  void withoutAnEndpointItSaysSo() throws Exception {
    OneRoute route = OneRoute.to();
    proxy(Timeouts.DEFAULT).apply(route.ir());
    HttpResponse<String> response = get(route);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).isEqualTo("no healthy upstream");
    assertThat(log.getFirst()).contains(" 503 UH ");
  }

  @Test
  void whoIsNotTheBackendGetsNothingAndTheReasonStaysInTheLog() throws Exception {
    HttpsServer tls = HttpsServer.create(anyPort(), 0);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(selfSigned().toKeyManagerFactory().getKeyManagers(), null, null);
    tls.setHttpsConfigurator(new HttpsConfigurator(context));
    OneRoute route = OneRoute.to(serve(tls, "impostor"));
    proxy(Timeouts.DEFAULT).apply(route.with(Optional.of(trusting(selfSigned()))).ir());
    HttpResponse<String> response = get(route);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body())
        .isEqualTo(
            "upstream connect error or disconnect/reset before headers."
                + " reset reason: remote connection failure");
    assertThat(log.getFirst()).contains(" 503 UF ").contains("TLS: ");
    assertThat(counter("ssl.fail_verify_error")).isEqualTo(1);
    assertThat(counter("ssl.handshake")).isZero();
  }

  @Test
  void aBackendThatNeverAnswersIsGivenUp() throws Exception {
    ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    open.add(silent);
    OneRoute route = OneRoute.to(silent.getLocalPort());
    proxy(SHORT).apply(route.ir());
    HttpResponse<String> response = get(route);
    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(response.body()).isEqualTo("upstream request timeout");
    assertThat(counter("upstream_rq_timeout")).isEqualTo(1);
  }

  @Test
  void aBackendThatTalksNonsenseGivesA502() throws Exception {
    OneRoute route = OneRoute.to(answering("I AM NOT HTTP\r\n\r\n"));
    proxy(Timeouts.DEFAULT).apply(route.ir());
    assertThat(get(route).statusCode()).isEqualTo(502);
    assertThat(log.getFirst()).contains(" 502 UPE ");
  }

  @Test
  void aRequestThatStopsHalfwayGetsA408() throws Exception {
    OneRoute route = OneRoute.to(serve(HttpServer.create(anyPort(), 0), "x"));
    proxy(SHORT).apply(route.ir());
    assertThat(raw(route, "GET / HTTP/1.1\r\nHost: a\r\n")).startsWith("HTTP/1.1 408 ");
  }

  @Test
  void requestsSentAheadAreAnsweredInOrder() throws Exception {
    OneRoute route = OneRoute.to(serve(HttpServer.create(anyPort(), 0), "x"));
    proxy(Timeouts.DEFAULT).apply(route.ir());
    String answers =
        raw(
            route,
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
                + "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(4);
    assertThat(log).hasSize(3);
    assertThat(log.get(0)).contains("POST /1 ");
    assertThat(log.get(2)).contains("GET /3 ");
  }

  @Test
  void aPortInUseIsExplainedAndTriedAgain() throws Exception {
    ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    OneRoute route =
        new OneRoute(other.getLocalPort(), Optional.empty(), List.of(1), HeaderMutation.NONE);
    EmbeddedProxy proxy = proxy(Timeouts.DEFAULT);
    assertThat(proxy.apply(route.ir()).listenerErrors().values())
        .singleElement()
        .asString()
        .contains("another process listens on 127.0.0.1:" + route.port());
    other.close();
    assertThat(proxy.apply(route.ir()).listenerErrors()).isEmpty();
  }

  @Test
  void anAddressThatThisMachineLacksIsReported() {
    Listener elsewhere = new Listener("elsewhere", "192.0.2.1", 10_080, "elsewhere", List.of());
    Ir ir = Ir.of(Map.of("elsewhere", elsewhere), Map.of(), Map.of());
    DataPlane.Applied applied = proxy(Timeouts.DEFAULT).apply(ir);
    assertThat(applied.listenerErrors())
        .containsEntry("elsewhere", "this machine has no address 192.0.2.1");
    assertThat(applied.missingAddresses()).containsExactly("192.0.2.1");
  }

  private EmbeddedProxy proxy(Timeouts timeouts) {
    EmbeddedProxy proxy =
        new EmbeddedProxy(
            new ProxyOptions(2, Optional.of(log::add), timeouts, Limits.DEFAULT), stats);
    open.add(proxy);
    return proxy;
  }

  private int serve(HttpServer server, String body) {
    byte[] octets = body.getBytes(StandardCharsets.US_ASCII);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, octets.length);
          exchange.getResponseBody().write(octets);
          exchange.close();
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    open.add(() -> server.stop(0));
    return server.getAddress().getPort();
  }

  /// A server that answers these octets to whatever comes, and closes.
  private int answering(String octets) throws Exception {
    ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    open.add(server);
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
              socket.getInputStream().read(new byte[4096]);
              socket.getOutputStream().write(octets.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
              return;
            }
          }
        });
    return server.getLocalPort();
  }

  private HttpResponse<String> get(OneRoute route) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + route.port() + "/")).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String raw(OneRoute route, String octets) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), route.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(octets.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static X509Bundle selfSigned() throws Exception {
    return new CertificateBuilder()
        .subject("CN=example.com")
        .addSanDnsName("example.com")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  private static UpstreamTls trusting(X509Bundle certificate) {
    return new UpstreamTls(
        "example.com",
        new UpstreamTls.Trust.Anchors(List.of(certificate.getCertificate())),
        List.of(new UpstreamTls.SubjectName.Dns("example.com")));
  }

  private StatGroup cluster() {
    return stats.groups().stream()
        .filter(g -> g.prefix().equals("cluster.c"))
        .findFirst()
        .orElseThrow();
  }

  private long counter(String name) {
    List<String> names = cluster().schema().stats().stream().map(s -> s.name()).toList();
    assertThat(names).contains(name);
    return cluster().value(names.indexOf(name));
  }

  private long named(String name) {
    return cluster().named(name).sum();
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
