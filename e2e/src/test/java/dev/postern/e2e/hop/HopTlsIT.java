package dev.postern.e2e.hop;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.connectionPolicy;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.httpsListener;
import static dev.postern.e2e.fixture.Manifests.route;
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
import dev.postern.e2e.fixture.OpensslServer;
import dev.postern.e2e.fixture.Peers;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Over every protocol: the right certificate, the wrong ones, and backends that demand one of
 * Postern, each beside what `postern check` says of its policies.
 */
class HopTlsIT {
  private static final String BACKEND = "backend.example";
  private static final Certificates authority = Certificates.authority("Authority");
  private static final Certificates stranger = Certificates.authority("Authority");
  private static final Certificates clients = Certificates.authority("Clients");
  private static final Certificates front = Certificates.authority("Front");
  private static final String[] HANDSHAKE = {
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
  };

  /** A protocol, as the backend's kind, most of them in {@link Peers}, and as a hint. */
  private enum Spoken {
    HTTP1("http1", ""),
    HTTP2("http2", ":kubernetes.io/h2c"),
    ALPN("http2", ""),
    GRPC("grpc", ""),
    WSS("http1", ":kubernetes.io/wss"),
    FCGI("fcgi", ":fastcgi"),
    WEBSOCKET("websocket", ":kubernetes.io/wss"),
    /** For clients that came by TLS. */
    AUTO_HTTP("http1", ":postern.dev/auto-http"),
    NGINX("nginx", ""),
    OPENSSL("openssl", ""),
    GRPC_JAVA("grpc-java", "");

    final String kind;
    final String hint;

    Spoken(String kind, String hint) {
      this.kind = kind;
      this.hint = hint;
    }

    boolean grpc() {
      return this == GRPC || this == GRPC_JAVA;
    }

    /** Whether the backend tells what it saw of TLS. */
    boolean tells() {
      return kind.startsWith("http") || this == GRPC;
    }
  }

  private enum Shown {
    GOOD("ssl.handshake"),
    WRONG_AUTHORITY("ssl.fail_verify_error"),
    EXPIRED("ssl.fail_verify_error"),
    WRONG_NAME("ssl.fail_verify_san"),
    /** The backend wants a certificate of Postern. */
    CLIENT_MISSING(""),
    CLIENT_OF_STRANGERS(""),
    CLIENT_GOOD("ssl.handshake"),
    /** The policy names a Secret that is not there. */
    CLIENT_NOWHERE("");

    final String counter;

    Shown(String counter) {
      this.counter = counter;
    }

    boolean works() {
      return this == GOOD || this == CLIENT_GOOD;
    }

    String secret() {
      return switch (this) {
        case CLIENT_OF_STRANGERS -> "client-stranger";
        case CLIENT_GOOD -> "client-good";
        case CLIENT_NOWHERE -> "client-nowhere";
        default -> "";
      };
    }
  }

  private record Row(Spoken spoken, Shown shown, int target) {
    String name() {
      return (spoken + "-" + shown).toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    String host() {
      return name() + ".test";
    }

    @Override
    public String toString() {
      return spoken + " " + shown;
    }
  }

  @TempDir static Path temp;

  private static final List<Row> rows = new ArrayList<>();
  private static final List<AutoCloseable> running = new ArrayList<>();
  private static final int port = Ports.free();
  private static final int tlsPort = Ports.free();
  private static PosternProcess postern;
  private static Check check;

  @BeforeAll
  static void startAll() {
    Peers peers = new Peers(temp.resolve("peers"));
    Certificates good = authority.leafFor(BACKEND);
    Certificates strange = stranger.leafFor(BACKEND);
    Certificates other = authority.leafFor("other.example");
    Certificates expired =
        authority.leaf(BACKEND, b -> Certificates.expired(Certificates.withDns(b, BACKEND)));
    for (Spoken spoken : Spoken.values()) {
      for (Shown shown : Shown.values()) {
        Certificates certificate =
            switch (shown) {
              case WRONG_AUTHORITY -> strange;
              case EXPIRED -> expired;
              case WRONG_NAME -> other;
              default -> good;
            };
        Optional<Certificates> demanded =
            List.of(Shown.GOOD, Shown.WRONG_AUTHORITY, Shown.EXPIRED, Shown.WRONG_NAME)
                    .contains(shown)
                ? Optional.empty()
                : Optional.of(clients);
        rows.add(new Row(spoken, shown, target(peers, spoken, certificate, demanded)));
      }
    }
    running.add(peers.start());
    ManifestFolder folder = new ManifestFolder(temp.resolve("manifests"));
    Certificates shown = front.leafFor("localhost");
    Certificates client = clients.clientLeaf("postern.example");
    Certificates wrong = stranger.clientLeaf("postern.example");
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(httpListener("http", port), httpsListener("https", tlsPort, "", "front")),
        tlsSecret("infra", "front", shown.chainPem(), shown.keyPem()),
        caConfigMap("ca", authority.certificatePem()),
        tlsSecret(NS, "client-good", client.chainPem(), client.keyPem()),
        tlsSecret(NS, "client-stranger", wrong.chainPem(), wrong.keyPem()));
    for (Row row : rows) {
      write(folder, row.name(), row.target(), row.spoken().hint, row.shown().secret());
    }
    postern = PosternProcess.serving(folder);
    running.add(postern);
    check = Check.of(folder);
  }

  /** A server that shows this certificate, and if need be demands one of those authorities. */
  private static int target(
      Peers peers, Spoken spoken, Certificates certificate, Optional<Certificates> clients) {
    switch (spoken) {
      case NGINX -> {
        NginxProcess nginx =
            NginxProcess.overTls(
                temp.resolve("nginx-" + rows.size()), certificate, clients, "return 200;");
        running.add(nginx);
        return nginx.tlsPort();
      }
      case OPENSSL -> {
        OpensslServer openssl =
            OpensslServer.start(temp.resolve("openssl-" + rows.size()), certificate, clients);
        running.add(openssl);
        return openssl.port();
      }
      case GRPC_JAVA -> {
        GrpcJavaServer java = GrpcJavaServer.tls(certificate, clients);
        running.add(java);
        return java.port();
      }
      default -> {
        return clients
            .map(demanded -> peers.add(spoken.kind, certificate, demanded))
            .orElseGet(() -> peers.add(spoken.kind, certificate));
      }
    }
  }

  private static void write(
      ManifestFolder folder, String name, int target, String hint, String secret) {
    String rules = "- backendRefs:\n  - name: %s\n    port: 80\n".formatted(name);
    String route = route(name, name + ".test", rules);
    List<String> documents =
        new ArrayList<>(
            List.of(
                service(NS, name, "p:80" + hint),
                slice(NS, name, "p", target),
                backendTls(name, name, trust(BACKEND, "ca")),
                name.startsWith("grpc") ? route.replace("HTTPRoute", "GRPCRoute") : route));
    if (!secret.isEmpty()) {
      String tls = "tls:\n  clientCertificateRef:\n    name: " + secret + "\n";
      documents.add(connectionPolicy(name, name, tls));
    }
    folder.put(name + ".yaml", documents.toArray(String[]::new));
  }

  @AfterAll
  static void stopAll() throws Exception {
    for (AutoCloseable one : running.reversed()) {
      one.close();
    }
  }

  static Stream<Row> rows() {
    return rows.stream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void trafficGoesOnlyToWhomThePolicyTrusts(Row row) {
    if (row.spoken().grpc()) {
      assertCall(row);
    } else {
      assertRequest(row);
    }
    if (!row.shown().counter.isEmpty()) {
      assertThat(stat(row, row.shown().counter)).isPositive();
      if (!row.shown().works()) {
        assertThat(stat(row, "ssl.handshake")).isZero();
      }
    }
  }

  private static long stat(Row row, String name) {
    String own = row.spoken().grpc() ? "_h2" : row.spoken() == Spoken.AUTO_HTTP ? "_tls" : "";
    return postern.stat("cluster.kube_default_" + row.name() + "_80" + own + "." + name);
  }

  private static void assertRequest(Row row) {
    RawResponse response = request(row);
    if (!row.shown().works()) {
      assertThat(response.status()).as("%s\n%s", response, postern).isIn(refusals(row));
      if (response.status() != 400) {
        assertThat(response.text())
            .doesNotContainIgnoringCase("certificate")
            .doesNotContainIgnoringCase("ssl");
      }
      return;
    }
    int good = row.spoken() == Spoken.WEBSOCKET ? 101 : 200;
    assertThat(response.status()).as("%s\n%s", response, postern).isEqualTo(good);
    if (row.spoken().tells()) {
      String client = row.shown() == Shown.CLIENT_GOOD ? "postern.example" : "";
      assertThat(response.text()).contains("client=" + client + "\n", "sni=" + BACKEND);
    }
  }

  private static RawResponse request(Row row) {
    try (RawHttp client =
        row.spoken() == Spoken.AUTO_HTTP
            ? RawHttp.connectTls(tlsPort, "localhost", front.trustingContext())
            : RawHttp.connect(port)) {
      String[] fields = row.spoken() == Spoken.WEBSOCKET ? HANDSHAKE : new String[0];
      client.send(RawHttp.requestHead("GET", row.host(), "/index.php", fields));
      return client.response("GET");
    }
  }

  /** In TLS 1.3 a server refuses a client's certificate after the handshake; nginx by a page. */
  private static List<Integer> refusals(Row row) {
    if (row.shown() == Shown.CLIENT_NOWHERE) {
      return List.of(500);
    }
    boolean client = row.shown().counter.isEmpty();
    return switch (row.spoken()) {
      case FCGI -> client ? List.of(502, 503) : List.of(503);
      case NGINX -> client ? List.of(400) : List.of(503);
      default -> List.of(503);
    };
  }

  private static void assertCall(Row row) {
    try (GrpcClient client = new GrpcClient(port, row.host())) {
      String told = client.unary("Tell", "");
      assertThat(row.shown().works()).as(told).isTrue();
      if (row.spoken().tells()) {
        String name = row.shown() == Shown.CLIENT_GOOD ? "postern.example" : "";
        assertThat(told).contains("client=" + name + "\n", "sni=" + BACKEND, "alpn=h2");
      }
    } catch (StatusRuntimeException e) {
      assertThat(row.shown().works()).as("%s\n%s", e, postern).isFalse();
      // Also where the certificate is nowhere: GRPCRouteRule has that for an invalid backend.
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void conditionsAreAboutTheConfigurationAlone(Row row) {
    assertThat(check.condition("BackendTLSPolicy", row.name(), "Accepted").status())
        .isEqualTo("True");
    if (row.shown() == Shown.CLIENT_NOWHERE) {
      Check.Condition resolved =
          check.condition("BackendConnectionPolicy", row.name(), "ResolvedRefs");
      assertThat(resolved.status()).isEqualTo("False");
      assertThat(resolved.message()).contains("client-nowhere");
    }
  }
}
