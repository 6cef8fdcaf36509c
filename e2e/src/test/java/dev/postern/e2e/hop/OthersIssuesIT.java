package dev.postern.e2e.hop;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.caSecret;
import static dev.postern.e2e.fixture.Manifests.grpcRouteTo;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.httpsListener;
import static dev.postern.e2e.fixture.Manifests.route;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static dev.postern.e2e.fixture.Manifests.tlsSecret;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Check;
import dev.postern.e2e.fixture.GrpcClient;
import dev.postern.e2e.fixture.GrpcJavaServer;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Peers;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.Running;
import dev.postern.e2e.fixture.Tap;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What users of Istio, kgateway, Envoy Gateway, Cilium, Traefik and NGINX Gateway Fabric reported
 * about gRPC over TLS and HTTP/2 to backends, with the numbers of their issues. Before each backend
 * with TLS stands a {@link Tap}.
 */
class OthersIssuesIT {
  private static final String BACKEND = "backend.example";
  private static final Certificates authority = Certificates.authority("Authority");
  private static final Certificates front = Certificates.authority("Front");
  private static final Certificates clients = Certificates.authority("Clients");

  /** Who says that and how TLS is spoken. */
  private enum By {
    BACKEND_TLS_POLICY {
      @Override
      String policy(String name) {
        return backendTls(name, name, trust(BACKEND, "ca"));
      }
    },
    DESTINATION_RULE {
      @Override
      String policy(String name) {
        return """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: %1$s, namespace: default}
        spec:
          host: %1$s
          trafficPolicy:
            tls: {mode: SIMPLE, credentialName: ca, subjectAltNames: [%2$s]}
        """
            .formatted(name, BACKEND);
      }
    },
    BACKEND_CONFIG_POLICY {
      @Override
      String policy(String name) {
        return """
        apiVersion: gateway.kgateway.dev/v1alpha1
        kind: BackendConfigPolicy
        metadata: {name: %1$s, namespace: default}
        spec:
          targetRefs: [{group: "", kind: Service, name: %1$s}]
          tls: {secretRef: {name: ca}, sni: %2$s, verifySubjectAltNames: [%2$s]}
        """
            .formatted(name, BACKEND);
      }
    };

    abstract String policy(String name);
  }

  /** The Service's port, as its name and appProtocol. */
  private static final Map<String, String> PORTS =
      Map.of(
          "unsaid", "p:80",
          "named-grpc", "grpc-api:80",
          "named-https", "https-api:80",
          "says-grpc", "p:80:grpc",
          "says-https", "p:80:https");

  @TempDir static Path temp;

  @AutoClose private static final Running running = new Running();
  private static final Map<String, Tap> grpc = new TreeMap<>();
  private static final int port = Ports.free();
  private static final int tlsPort = Ports.free();
  private static Tap mixed;
  private static PosternProcess postern;
  private static ManifestFolder folder;

  @BeforeAll
  static void startAll() {
    Peers peers = new Peers(temp.resolve("peers"));
    Certificates leaf = authority.leafFor(BACKEND);
    Certificates shown = front.leafFor("localhost");
    Certificates client = clients.clientLeaf("postern.example");
    folder = new ManifestFolder(temp.resolve("manifests"));
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(httpListener("http", port), httpsListener("https", tlsPort, "", "front"))
            + "  tls:\n    backend:\n      clientCertificateRef:\n        name: client\n",
        tlsSecret("infra", "front", shown.chainPem(), shown.keyPem()),
        tlsSecret("infra", "client", client.chainPem(), client.keyPem()),
        caConfigMap("ca", authority.certificatePem()),
        caConfigMap("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        caSecret("ca", authority.certificatePem()));

    int go = peers.add("grpc", leaf);
    GrpcJavaServer java = running.add(GrpcJavaServer.tls(leaf));
    PORTS.forEach((name, as) -> {
      for (By by : By.values()) {
        String words = name + "-" + by.name().toLowerCase().replace('_', '-');
        backend("go-" + words, as, tap("go-" + words, go), by.policy("go-" + words));
        backend("java-" + words, as, tap("java-" + words, java.port()), by.policy("java-" + words));
      }
    });
    int demanding = peers.add("grpc", leaf, clients);
    backend("demanding", "p:80", demanding, By.BACKEND_TLS_POLICY.policy("demanding"));
    backend("broken", "p:80", go, backendTls("broken", "broken", trust(BACKEND, "broken")));

    mixed = running.add(new Tap(peers.add("http", leaf)));
    write("tls", "p:80", mixed.port(), By.BACKEND_TLS_POLICY.policy("tls"));
    write("plain", "p:80", peers.add("http1"), "");
    folder.put("mixed.yaml", mixed("tls-first", "tls", "plain"), mixed("tls-last", "plain", "tls"));

    write("h1", "p:80", peers.add("http1"), routed("h1"));
    write("h1-tls", "p:80:http", peers.add("http1", leaf), routed("h1-tls"));
    write("h2", "p:80:kubernetes.io/h2c", peers.add("http2"), routed("h2"));
    write("h2-tls", "http2:80", peers.add("http2", leaf), routed("h2-tls"));
    folder.put(
        "trust.yaml",
        By.BACKEND_TLS_POLICY.policy("h1-tls"),
        By.BACKEND_TLS_POLICY.policy("h2-tls"),
        routeTo("grpc-by-http", "grpc-by-http.test", "go-named-grpc-backend-tls-policy", 80));
    running.add(peers.start());
    postern = running.add(PosternProcess.serving(folder));
  }

  private static int tap(String name, int target) {
    Tap tap = running.add(new Tap(target));
    grpc.put(name, tap);
    return tap.port();
  }

  private static void backend(String name, String as, int target, String policy) {
    write(
        name, as, target, Manifests.documents(policy, grpcRouteTo(name, name + ".test", name, 80)));
  }

  private static void write(String name, String as, int target, String more) {
    String portName = as.substring(0, as.indexOf(':'));
    folder.put(
        name + ".yaml",
        Stream.of(service(NS, name, as), slice(NS, name, portName, target), more)
            .filter(document -> !document.isEmpty())
            .toArray(String[]::new));
  }

  private static String routed(String name) {
    String rules =
        """
        - matches:
          - path: {type: PathPrefix, value: /%s/}
          backendRefs:
          - name: %s
            port: 80
        """
            .formatted(name, name);
    return route(name, "localhost", rules);
  }

  private static String mixed(String name, String first, String second) {
    String rules =
        "- backendRefs:\n  - name: %s\n    port: 80\n  - name: %s\n    port: 80\n"
            .formatted(first, second);
    return route(name, name + ".test", rules);
  }

  static Stream<String> grpcOverTls() {
    return grpc.keySet().stream();
  }

  /**
   * The cluster stayed HTTP/1.1, no ALPN was offered, the port's name or appProtocol had to say it,
   * or TLS was begun twice: istio 60466, 22124 and 17031, cilium 48935, traefik 12176,
   * nginx-gateway-fabric 1838, gateway-api 4833 and 4882, kgateway 951, 10622 and 5518.
   */
  @ParameterizedTest
  @MethodSource
  void grpcOverTls(String name) throws Exception {
    try (GrpcClient client = new GrpcClient(port, name + ".test")) {
      String told = client.unary("Tell", "");
      if (name.startsWith("go")) {
        assertThat(told).contains("alpn=h2\n", "sni=" + BACKEND + "\n");
      }
      assertThat(client.bidi("Echo", List.of("a", "b"))).containsExactly("a", "b");
    }
    assertThat(grpc.get(name).connections()).isPositive();
    assertThat(grpc.get(name).heardOnlyTls()).isTrue();
  }

  /** A port that is named `grpc-api` is for HTTP/2 with HTTPRoutes too: kgateway 951 and 10622. */
  @Test
  void grpcThroughAnHttpRoute() {
    try (GrpcClient client = new GrpcClient(port, "grpc-by-http.test")) {
      assertThat(client.unary("Tell", "")).contains("alpn=h2\n");
    }
  }

  /** It was checked and then not applied: istio 61515, cilium 48237, kgateway 10771 and 13705. */
  @Test
  void grpcBackendsGetTheGatewaysClientCertificate() {
    try (GrpcClient client = new GrpcClient(port, "demanding.test")) {
      assertThat(client.unary("Tell", "")).contains("client=postern.example\n");
    }
  }

  /** One bad CA froze or broke the others: kgateway 12340, 14034 and 14498, envoy gateway 9225. */
  @Test
  void aBrokenAuthorityIsItsOwnBackendsTroubleAlone() {
    try (GrpcClient client = new GrpcClient(port, "broken.test")) {
      assertThatThrownBy(() -> client.unary("Tell", "")).isInstanceOf(StatusRuntimeException.class);
    }
    Check check = Check.of(folder);
    Check.Condition broken = check.condition("BackendTLSPolicy", "broken", "Accepted");
    assertThat(broken.reason()).isEqualTo("NoValidCACertificate");
    assertThat(check.condition("BackendTLSPolicy", "tls", "Accepted").status()).isEqualTo("True");
  }

  /**
   * One rule with a backend over TLS and one without: the latter got TLS, or it depended on which
   * came first: envoy gateway 7917 and 7991.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tls-first", "tls-last"})
  void oneRuleMayMixBackendsWithAndWithoutTls(String name) {
    Set<String> reached = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      String text = RawHttp.get(port, name + ".test", "/").text();
      assertThat(text).as("%s", postern).startsWith("proto=");
      reached.add(text.contains("sni=" + BACKEND) ? "tls" : "plain");
    }
    assertThat(reached).containsExactlyInAnyOrder("tls", "plain");
    assertThat(mixed.heardOnlyTls()).isTrue();
  }

  /**
   * The client's version is the client's, the backend's is the Service's: istio 37196, 21230,
   * 26097, 44847 and 53235, envoy gateway 2433 and 2437.
   */
  @ParameterizedTest
  @ValueSource(strings = {"h1", "h1-tls", "h2", "h2-tls"})
  void anyVersionOfAClientReachesAnyOfABackend(String name) throws Exception {
    String proto = name.startsWith("h1") ? "proto=HTTP/1.1\n" : "proto=HTTP/2.0\n";
    try (HttpClient client = HttpClient.newBuilder().sslContext(front.trustingContext()).build()) {
      for (Version version : List.of(Version.HTTP_1_1, Version.HTTP_2)) {
        HttpResponse<String> response =
            client.send(
                HttpRequest.newBuilder(
                        URI.create("https://localhost:%d/%s/".formatted(tlsPort, name)))
                    .version(version)
                    .build(),
                BodyHandlers.ofString());
        assertThat(response.version()).isEqualTo(version);
        assertThat(response.body()).as("%s", postern).contains(proto);
      }
    }
  }
}
