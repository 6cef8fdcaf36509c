package dev.postern.e2e.hop;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.httpsListener;
import static dev.postern.e2e.fixture.Manifests.route;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static dev.postern.e2e.fixture.Manifests.tlsSecret;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Check;
import dev.postern.e2e.fixture.GrpcClient;
import dev.postern.e2e.fixture.GrpcJavaServer;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.NginxProcess;
import dev.postern.e2e.fixture.Peers;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import dev.postern.e2e.fixture.TlsOrPlainBackend;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table of the decision about a hop, written from the specification: for each row a server that
 * speaks what it should and nothing else, and what `postern check` says beside what requests get.
 */
class HopTableIT {
  private static final String BACKEND = "backend.example";
  private static final Certificates authority = Certificates.authority("Authority");
  private static final Certificates certificate = authority.leafFor(BACKEND);
  private static final Certificates front = Certificates.authority("Front");

  /** Whether a BackendTLSPolicy targets the Service. */
  private enum Policy {
    NONE,
    VALID,
    /** Its CA is nowhere. */
    INVALID
  }

  /** What must come of a row. */
  private enum Expected {
    /** The backend answers over this protocol. */
    HTTP1("proto=HTTP/1.1"),
    NGINX("nginx over HTTP/1.1"),
    HTTP2("proto=HTTP/2.0"),
    FCGI("proto=HTTP/1.1"),
    WEBSOCKET("echo"),
    GRPC(""),
    /** ResolvedRefs is False with UnsupportedProtocol, and its share of requests gets 500. */
    UNSUPPORTED(""),
    /** The policy is invalid, the route is not: 500. */
    CLOSED("");

    final String body;

    Expected(String body) {
      this.body = body;
    }
  }

  /**
   * @param noted the message of ResolvedRefs has a note
   * @param target a port
   * @param listener a port of its own, for those clients that cannot choose their Host; 0 for none
   */
  private record Row(
      String name,
      String appProtocol,
      boolean grpc,
      Policy policy,
      Expected expected,
      boolean noted,
      int target,
      int listener) {
    String host() {
      return name + ".test";
    }

    @Override
    public String toString() {
      return "%s %s with policy %s: %s"
          .formatted(
              grpc ? "GRPCRoute" : "HTTPRoute",
              appProtocol.isEmpty() ? "unset" : appProtocol,
              policy,
              expected);
    }
  }

  @TempDir static Path temp;

  private static final Map<String, Row> rows = new LinkedHashMap<>();
  private static final List<AutoCloseable> running = new ArrayList<>();
  private static final int port = Ports.free();
  private static final int tlsPort = Ports.free();
  private static ManifestFolder folder;
  private static PosternProcess postern;
  private static Check check;

  @BeforeAll
  static void startAll() {
    Peers peers = new Peers(temp.resolve("peers"));
    NginxProcess nginx =
        NginxProcess.start(
            temp.resolve("nginx"), certificate, "return 200 \"nginx over $server_protocol\\n\";");
    running.add(nginx);
    GrpcJavaServer javaPlain = GrpcJavaServer.plain();
    GrpcJavaServer javaTls = GrpcJavaServer.tls(certificate);
    running.add(javaPlain);
    running.add(javaTls);
    TlsOrPlainBackend both = new TlsOrPlainBackend("both", certificate);
    running.add(both);

    int http1 = peers.add("http1");
    int http1Tls = peers.add("http1", certificate);
    int http2 = peers.add("http2");
    int http2Tls = peers.add("http2", certificate);
    int grpc = peers.add("grpc");
    int grpcTls = peers.add("grpc", certificate);
    int ws = peers.add("websocket");
    int wsTls = peers.add("websocket", certificate);
    int fcgi = peers.add("fcgi");
    running.add(peers.start());

    for (String unset : List.of("", "tcp", "example.com/theirs")) {
      http(unset, Policy.NONE, Expected.NGINX, nginx.plainPort());
      http(unset, Policy.VALID, Expected.NGINX, nginx.tlsPort());
      http(unset, Policy.VALID, Expected.HTTP1, http1Tls);
      http(unset, Policy.VALID, Expected.HTTP2, http2Tls);
      http(unset, Policy.INVALID, Expected.CLOSED, http1Tls);
      grpc(unset, Policy.NONE, Expected.GRPC, grpc);
      grpc(unset, Policy.NONE, Expected.GRPC, javaPlain.port());
      grpc(unset, Policy.VALID, Expected.GRPC, grpcTls);
      grpc(unset, Policy.VALID, Expected.GRPC, javaTls.port());
      grpc(unset, Policy.INVALID, Expected.CLOSED, grpcTls);
    }
    http("http", Policy.NONE, Expected.HTTP1, http1);
    http("http", Policy.VALID, Expected.HTTP1, http1Tls);
    http("HTTP", Policy.NONE, Expected.NGINX, nginx.plainPort());
    http("http", Policy.INVALID, Expected.CLOSED, http1Tls);
    grpc("http", Policy.NONE, Expected.GRPC, grpc);
    grpc("http", Policy.VALID, Expected.GRPC, grpcTls);
    for (String h2 : List.of("http2", "h2c", "kubernetes.io/h2c", "grpc", "grpc-web", "GRPC")) {
      http(h2, Policy.NONE, Expected.HTTP2, http2);
      http(h2, Policy.VALID, Expected.HTTP2, http2Tls);
      grpc(h2, Policy.NONE, Expected.GRPC, grpc);
      grpc(h2, Policy.VALID, Expected.GRPC, grpcTls);
    }
    http("h2c", Policy.INVALID, Expected.CLOSED, http2Tls);
    for (String hint : List.of("", "http", "kubernetes.io/ws", "https")) {
      if (!hint.equals("https")) {
        http(hint, Policy.NONE, Expected.WEBSOCKET, ws);
      }
      http(hint, Policy.VALID, Expected.WEBSOCKET, wsTls);
    }
    http("kubernetes.io/ws", Policy.NONE, Expected.HTTP1, http1);
    http("kubernetes.io/ws", Policy.VALID, Expected.HTTP1, http1Tls);
    http("kubernetes.io/wss", Policy.NONE, Expected.UNSUPPORTED, ws);
    http("kubernetes.io/wss", Policy.VALID, Expected.WEBSOCKET, wsTls);
    http("kubernetes.io/wss", Policy.VALID, Expected.HTTP1, http1Tls);
    http("kubernetes.io/wss", Policy.INVALID, Expected.CLOSED, wsTls);
    for (String tls : List.of("https", "tls", "HTTPS")) {
      http(tls, Policy.NONE, Expected.UNSUPPORTED, http1);
      http(tls, Policy.VALID, Expected.NGINX, nginx.tlsPort());
      http(tls, Policy.VALID, Expected.HTTP2, http2Tls);
      http(tls, Policy.INVALID, Expected.CLOSED, http1Tls);
      grpc(tls, Policy.NONE, Expected.UNSUPPORTED, grpc);
      grpc(tls, Policy.VALID, Expected.GRPC, grpcTls);
      grpc(tls, Policy.INVALID, Expected.CLOSED, grpcTls);
    }
    for (String fastCgi : List.of("postern.dev/fcgi", "fcgi", "fastcgi", "FastCGI")) {
      http(fastCgi, Policy.NONE, Expected.FCGI, fcgi);
      grpc(fastCgi, Policy.NONE, Expected.UNSUPPORTED, fcgi);
    }
    grpc("kubernetes.io/ws", Policy.NONE, Expected.UNSUPPORTED, ws);
    grpc("kubernetes.io/wss", Policy.NONE, Expected.UNSUPPORTED, ws);
    grpc("kubernetes.io/wss", Policy.VALID, Expected.UNSUPPORTED, wsTls);
    grpc("postern.dev/auto-http", Policy.NONE, Expected.UNSUPPORTED, both.port());
    grpc("postern.dev/auto-http", Policy.VALID, Expected.UNSUPPORTED, both.port());
    for (String other : List.of("mysql", "redis", "amqp")) {
      http(other, Policy.NONE, Expected.UNSUPPORTED, http1);
      http(other, Policy.VALID, Expected.UNSUPPORTED, http1Tls);
      grpc(other, Policy.NONE, Expected.UNSUPPORTED, grpc);
      grpc(other, Policy.VALID, Expected.UNSUPPORTED, grpcTls);
    }

    write(both.port());
    postern = PosternProcess.serving(folder);
    running.add(postern);
    check = Check.of(folder);
  }

  private static void http(String appProtocol, Policy policy, Expected expected, int target) {
    add(appProtocol, false, policy, expected, target);
  }

  private static void grpc(String appProtocol, Policy policy, Expected expected, int target) {
    add(appProtocol, true, policy, expected, target);
  }

  private static void add(
      String appProtocol, boolean grpc, Policy policy, Expected expected, int target) {
    boolean works = expected != Expected.UNSUPPORTED && expected != Expected.CLOSED;
    boolean foreign =
        List.of("tcp", "example.com/theirs").contains(appProtocol)
            || (grpc && appProtocol.equalsIgnoreCase("http"));
    String kind = grpc ? "grpc" : "http";
    String hint = appProtocol.isEmpty() ? "unset" : appProtocol.replaceAll("\\W", "-");
    String name = "%s-%s-%d".formatted(kind, hint, rows.size()).toLowerCase(Locale.ROOT);
    int listener = expected == Expected.WEBSOCKET ? Ports.free() : 0;
    rows.put(
        name,
        new Row(name, appProtocol, grpc, policy, expected, works && foreign, target, listener));
  }

  private static void write(int both) {
    folder = new ManifestFolder(temp.resolve("manifests"));
    List<String> listeners = new ArrayList<>(List.of(httpListener("http", port)));
    listeners.add(httpsListener("https", tlsPort, "", "front"));
    for (Row row : rows.values()) {
      if (row.listener() > 0) {
        listeners.add(httpListener("own-" + row.listener(), row.listener()));
      }
      folder.put(row.name() + ".yaml", documents(row).toArray(String[]::new));
    }
    Certificates shown = front.leafFor("localhost");
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(listeners.toArray(String[]::new)),
        tlsSecret("infra", "front", shown.chainPem(), shown.keyPem()),
        caConfigMap("ca", authority.certificatePem()));
    folder.put(
        "auto.yaml",
        service(NS, "auto", "p:80:postern.dev/auto-http"),
        slice(NS, "auto", "p", both),
        backendTls("auto", "auto", trust(BACKEND, "ca")),
        routeTo("auto", "auto.test,localhost", "auto", 80),
        service(NS, "auto-alone", "p:80:postern.dev/auto-http"),
        slice(NS, "auto-alone", "p", both),
        routeTo("auto-alone", "auto-alone.test", "auto-alone", 80));
  }

  private static List<String> documents(Row row) {
    String hint = row.appProtocol().isEmpty() ? "" : ":" + row.appProtocol();
    List<String> documents = new ArrayList<>();
    documents.add(service(NS, row.name(), "p:80" + hint));
    documents.add(slice(NS, row.name(), "p", row.target()));
    if (row.policy() != Policy.NONE) {
      String ca = row.policy() == Policy.VALID ? "ca" : "nowhere";
      documents.add(backendTls(row.name(), row.name(), trust(BACKEND, ca)));
    }
    boolean own = row.listener() > 0;
    String rules = "- backendRefs:\n  - name: %s\n    port: 80\n".formatted(row.name());
    // A route that asks for every host would conflict with those of the other kind elsewhere.
    String section = own ? "own-" + row.listener() : "http";
    String route = route(NS, row.name(), section, own ? "" : row.host(), rules);
    documents.add(row.grpc() ? route.replace("kind: HTTPRoute", "kind: GRPCRoute") : route);
    return documents;
  }

  @AfterAll
  static void stopAll() throws Exception {
    for (AutoCloseable one : running.reversed()) {
      one.close();
    }
  }

  static Stream<Row> rows() {
    return rows.values().stream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void statusSaysIt(Row row) {
    String kind = row.grpc() ? "GRPCRoute" : "HTTPRoute";
    Check.Condition resolved = check.condition(kind, row.name(), "ResolvedRefs");
    if (row.expected() == Expected.UNSUPPORTED) {
      assertThat(resolved.status()).as(resolved.message()).isEqualTo("False");
      assertThat(resolved.reason()).as(resolved.message()).isEqualTo("UnsupportedProtocol");
      assertThat(resolved.message()).contains(row.appProtocol());
    } else {
      assertThat(resolved.status()).as(resolved.message()).isEqualTo("True");
      boolean silent = !row.noted() && row.expected() != Expected.CLOSED;
      assertThat(resolved.message().isEmpty()).as(resolved.message()).isEqualTo(silent);
    }
    if (row.policy() != Policy.NONE) {
      Check.Condition accepted = check.condition("BackendTLSPolicy", row.name(), "Accepted");
      assertThat(accepted.status()).isEqualTo(row.policy() == Policy.VALID ? "True" : "False");
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void trafficDoesIt(Row row) throws Exception {
    switch (row.expected()) {
      case HTTP1, HTTP2, NGINX, FCGI -> {
        RawResponse response = RawHttp.get(port, row.host(), "/index.php");
        assertThat(response.status()).as("%s\n%s", response, postern).isEqualTo(200);
        assertThat(response.text()).contains(row.expected().body);
        if (row.policy() == Policy.VALID && row.expected() != Expected.NGINX) {
          assertThat(response.text()).contains("sni=" + BACKEND);
          assertThat(response.text()).contains("host=" + row.host());
        }
      }
      case WEBSOCKET -> assertThat(echo(row.listener())).isEqualTo("echo");
      case GRPC -> {
        try (GrpcClient client = new GrpcClient(port, row.host())) {
          assertThat(client.unary("Tell", "")).isNotEmpty();
          assertThat(client.bidi("Echo", List.of("a", "b"))).containsExactly("a", "b");
        }
      }
      case UNSUPPORTED, CLOSED -> {
        if (row.grpc()) {
          assertRefusedInGrpc(row);
        } else {
          assertThat(RawHttp.get(port, row.host(), "/index.php").status()).isEqualTo(500);
        }
      }
    }
  }

  private static void assertRefusedInGrpc(Row row) {
    try (GrpcClient client = new GrpcClient(port, row.host())) {
      Status status = statusOf(client);
      assertThat(status.getCode()).isNotEqualTo(Status.Code.OK);
      // grpc-java says so of an answer that is not gRPC.
      assertThat(String.valueOf(status.getDescription())).doesNotContain("HTTP status code");
    }
  }

  private static Status statusOf(GrpcClient client) {
    try {
      client.unary("Tell", "");
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  private static String echo(int port) throws Exception {
    CompletableFuture<String> answer = new CompletableFuture<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            answer.complete(data.toString());
            return CompletableFuture.completedStage(null);
          }

          @Override
          public void onError(WebSocket socket, Throwable error) {
            answer.completeExceptionally(error);
          }
        };
    try (HttpClient client = HttpClient.newHttpClient()) {
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .header("Origin", "http://localhost")
              .buildAsync(URI.create("ws://127.0.0.1:" + port + "/"), listener)
              .get(20, TimeUnit.SECONDS);
      socket.request(1);
      socket.sendText("echo", true);
      String text = answer.get(20, TimeUnit.SECONDS);
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
      socket.abort();
      return text;
    }
  }

  @Test
  void autoHttpIsTlsForClientsThatCameByTls() {
    TlsOrPlainBackend both =
        running.stream()
            .filter(TlsOrPlainBackend.class::isInstance)
            .map(TlsOrPlainBackend.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(RawHttp.get(port, "auto.test", "/").status()).isEqualTo(200);
    assertThat(both.overPlaintext()).isEqualTo(1);
    assertThat(both.overTls()).isZero();
    try (RawHttp client = RawHttp.connectTls(tlsPort, "localhost", front.trustingContext())) {
      client.send(RawHttp.requestHead("GET", "localhost", "/"));
      assertThat(client.response("GET").status()).isEqualTo(200);
    }
    assertThat(both.overPlaintext()).isEqualTo(1);
    assertThat(both.overTls()).isEqualTo(1);
  }

  @Test
  void autoHttpWithoutAPolicyIsRefusedForEveryClient() {
    Check.Condition resolved = check.condition("HTTPRoute", "auto-alone", "ResolvedRefs");
    assertThat(resolved.reason()).isEqualTo("UnsupportedProtocol");
    assertThat(RawHttp.get(port, "auto-alone.test", "/").status()).isEqualTo(500);
  }
}
