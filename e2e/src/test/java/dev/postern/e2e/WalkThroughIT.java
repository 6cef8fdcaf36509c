package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Change;
import dev.postern.e2e.fixture.Curl;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.NginxProcess;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kgateway "Backend TLS" guide, on files, with a real nginx. */
class WalkThroughIT {
  private static final int CYCLES = Integer.getInteger("postern.walkThrough.cycles", 100);
  private static final String CLUSTER = "cluster.kube_default_nginx_8443.";
  private static final String HOST = "example.com:8080";

  @TempDir static Path temp;

  static Certificates certificate;
  static NginxProcess nginx;

  @BeforeAll
  static void startNginx() {
    certificate = Certificates.selfSigned("example.com");
    nginx = NginxProcess.walkThrough(temp.resolve("nginx"), certificate);
  }

  @AfterAll
  static void stopNginx() {
    nginx.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1alpha3"})
  void curlGetsThePageOfNginxOverVerifiedTls(String policyVersion) {
    int port = Ports.free();
    ManifestFolder folder = guide("curl-" + policyVersion, port, policyVersion);
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      Curl.Result result =
          Curl.curl("-vi", "http://localhost:" + port + "/", "-H", "host: " + HOST);

      assertThat(result.exit()).as(result.output()).isZero();
      assertThat(result.output()).contains("HTTP/1.1 200 OK").contains("Welcome to nginx!");
      Map<String, Long> stats = postern.stats();
      assertThat(stats.get(CLUSTER + "ssl.handshake")).as(postern.toString()).isEqualTo(1);
      assertThat(stats.get(CLUSTER + "ssl.versions.TLSv1.3")).isEqualTo(1);
      assertThat(stats.getOrDefault(CLUSTER + "ssl.versions.TLSv1.2", 0L)).isZero();
      assertThat(stats.getOrDefault(CLUSTER + "ssl.connection_error", 0L)).isZero();
      postern.assertNoStackTrace();
    }
  }

  @Test
  void handshakesAndVersionsRiseWithEachNewConnection() {
    int port = Ports.free();
    try (PosternProcess postern =
        PosternProcess.serving(guide("stats", port, "v1"), "--workers", "1")) {
      once(port);
      long before = postern.stat(CLUSTER + "ssl.handshake");
      for (int i = 1; i <= 5; i++) {
        once(port);
        Map<String, Long> stats = postern.stats();
        assertThat(stats.get(CLUSTER + "ssl.handshake")).isEqualTo(before + i);
        assertThat(stats.get(CLUSTER + "ssl.versions.TLSv1.3")).isEqualTo(before + i);
        assertThat(stats.get(CLUSTER + "upstream_cx_total")).isEqualTo(before + i);
      }
      assertThat(postern.stats().get(CLUSTER + "upstream_rq_200")).isEqualTo(6);
    }
  }

  @Test
  void keepAliveConnectionsAreUsedAgainWithoutAnotherHandshake() {
    int port = Ports.free();
    try (PosternProcess postern =
            PosternProcess.serving(guide("keep-alive", port, "v1"), "--workers", "1");
        RawHttp client = RawHttp.connect(port)) {
      for (int i = 0; i < 100; i++) {
        client.send(RawHttp.requestHead("GET", HOST, "/"));
        assertThat(client.response("GET").status()).isEqualTo(200);
      }
      assertThat(postern.stat(CLUSTER + "ssl.handshake")).isEqualTo(1);
      assertThat(postern.stat(CLUSTER + "upstream_rq_total")).isEqualTo(100);
    }
  }

  @Test
  void hostHeaderStaysTheClients() {
    int port = Ports.free();
    try (PosternProcess postern = PosternProcess.serving(guide("host", port, "v1"))) {
      assertThat(RawHttp.get(port, HOST, "/hello").text())
          .as(postern.toString())
          .isEqualTo("hello over HTTP/1.1 for " + HOST + "\n");
    }
  }

  @Test
  void tls12IsCountedAsSuchWhenThatIsWhatTheTwoAgreed() {
    int port = Ports.free();
    try (NginxProcess old =
            NginxProcess.start(
                temp.resolve("nginx12"),
                certificate,
                "ssl_protocols TLSv1.2;\nlocation / { root html; }");
        PosternProcess postern = PosternProcess.serving(guide("tls12", port, "v1", old))) {
      assertThat(RawHttp.get(port, HOST, "/").status()).isEqualTo(200);
      Map<String, Long> stats = postern.stats();
      assertThat(stats.get(CLUSTER + "ssl.versions.TLSv1.2")).isEqualTo(1);
      assertThat(stats.getOrDefault(CLUSTER + "ssl.versions.TLSv1.3", 0L)).isZero();
    }
  }

  /** This is https://github.com/kgateway-dev/kgateway/issues/11146. */
  @Test
  void policyDeletedAndCreatedAgainTakesEffectAtOnceEveryTime() {
    int port = Ports.free();
    ManifestFolder folder = guide("again", port, "v1");
    Change change = new Change(port, HOST, "/");
    List<Duration> deletes = new ArrayList<>();
    List<Duration> creates = new ArrayList<>();
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      assertThat(RawHttp.get(port, HOST, "/").status()).isEqualTo(200);
      for (int i = 0; i < CYCLES; i++) {
        deletes.add(change.make(() -> folder.delete("policy.yaml"), 400, 200));
        RawResponse plaintext = RawHttp.get(port, HOST, "/");
        assertThat(plaintext.text()).contains("plain HTTP request was sent to HTTPS port");
        creates.add(change.make(() -> folder.put("policy.yaml", policy("v1")), 200, 400));
        assertThat(RawHttp.get(port, HOST, "/").text()).contains("Welcome to nginx!");
      }
      assertThat(postern.stat(CLUSTER + "upstream_rq_5xx")).isZero();
      postern.assertNoStackTrace();
    }
    report("policy deleted", deletes);
    report("policy created", creates);
    assertThat(percentile(deletes, 99)).isLessThan(Duration.ofSeconds(1));
    assertThat(percentile(creates, 99)).isLessThan(Duration.ofSeconds(1));
  }

  private static void once(int port) {
    assertThat(RawHttp.get(port, HOST, "/once").text()).isEqualTo("once\n");
  }

  private static void report(String what, List<Duration> durations) {
    System.out.printf(
        "walk-through, %s: took effect after %d ms (p50), %d ms (p99; the aim is 200 ms)%n",
        what, percentile(durations, 50).toMillis(), percentile(durations, 99).toMillis());
  }

  private static Duration percentile(List<Duration> durations, int percent) {
    List<Duration> sorted = durations.stream().sorted().toList();
    return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }

  private static ManifestFolder guide(String name, int port, String policyVersion) {
    return guide(name, port, policyVersion, nginx);
  }

  private static ManifestFolder guide(
      String name, int port, String policyVersion, NginxProcess server) {
    return new ManifestFolder(temp.resolve(name))
        .put("gateway.yaml", Manifests.gatewayClass(), gateway(port))
        .put("nginx.yaml", SERVICE, endpoints(server))
        .put("ca.yaml", Manifests.caConfigMap("ca", certificate.certificatePem()))
        .put("policy.yaml", policy(policyVersion))
        .put("route.yaml", ROUTE);
  }

  private static String gateway(int port) {
    return """
    kind: Gateway
    apiVersion: gateway.networking.k8s.io/v1
    metadata:
      name: http
      namespace: kgateway-system
    spec:
      gatewayClassName: postern
      listeners:
      - protocol: HTTP
        port: %d
        name: http
        allowedRoutes:
          namespaces:
            from: All
    """
        .formatted(port);
  }

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata:
        name: nginx
      spec:
        selector:
          app.kubernetes.io/name: nginx
        ports:
          - protocol: TCP
            port: 8080
            targetPort: http-web-svc
            name: http
          - protocol: TCP
            port: 8443
            targetPort: https-web-svc
            name: https
      """;

  private static String endpoints(NginxProcess server) {
    return """
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: nginx-1
      labels:
        kubernetes.io/service-name: nginx
    addressType: IPv4
    endpoints:
    - addresses: ["127.0.0.1"]
      conditions:
        ready: true
    ports:
    - name: http
      port: %d
    - name: https
      port: %d
    """
        .formatted(server.plainPort(), server.tlsPort());
  }

  private static String policy(String version) {
    return """
    apiVersion: gateway.networking.k8s.io/%s
    kind: BackendTLSPolicy
    metadata:
      name: nginx-tls-policy
    spec:
      targetRefs:
      - group: ""
        kind: Service
        name: nginx
      validation:
        hostname: "example.com"
        caCertificateRefs:
        - group: ""
          kind: ConfigMap
          name: ca
    """
        .formatted(version);
  }

  private static final String ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1beta1
      kind: HTTPRoute
      metadata:
        name: nginx-route
      spec:
        parentRefs:
        - name: http
          namespace: kgateway-system
        hostnames:
        - "example.com"
        rules:
        - backendRefs:
          - name: nginx
            port: 8443
      """;
}
