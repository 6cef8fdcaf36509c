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
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Peers;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import dev.postern.e2e.fixture.Running;
import dev.postern.e2e.fixture.Tap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table's column for TCPRoute and TLSRoute at a listener that ends TLS: bytes, with TLS of
 * Postern's own around them where a BackendTLSPolicy asks for it. Each backend is behind a {@link
 * Tap} of its own.
 */
class HopBytesIT {
  private static final String BACKEND = "backend.example";
  private static final Certificates authority = Certificates.authority("Authority");
  private static final Certificates front = Certificates.authority("Front");

  /** What must come of a row. */
  private enum Expected {
    BYTES,
    TLS,
    /** The backend is not who it should be, or refuses Postern: the connection ends. */
    REFUSED,
    /** The policy is invalid, the route is not: no backend is asked. */
    CLOSED,
    /** ResolvedRefs is False with UnsupportedProtocol: no backend is asked. */
    UNSUPPORTED
  }

  /**
   * @param ca a ConfigMap, `nowhere`, or empty for no policy
   * @param secret a client certificate of Postern; empty for none
   */
  private record Row(
      String kind, String hint, String ca, String secret, Expected expected, Tap tap, int port) {
    String name() {
      return kind.toLowerCase(Locale.ROOT) + "-" + tap.port();
    }

    String host() {
      return name() + ".test";
    }

    @Override
    public String toString() {
      String trusted = ca.isEmpty() ? "no policy" : "the authority " + ca;
      String shown = secret.isEmpty() ? "" : " and " + secret;
      return "%s '%s' with %s%s: %s".formatted(kind, hint, trusted, shown, expected);
    }
  }

  @TempDir static Path temp;

  private static final List<Row> rows = new ArrayList<>();
  @AutoClose private static final Running running = new Running();
  private static final int tlsPort = Ports.free();
  private static PosternProcess postern;
  private static Check check;

  @BeforeAll
  static void startAll() {
    Peers peers = new Peers(temp.resolve("peers"));
    Certificates good = authority.leafFor(BACKEND);
    int plain = peers.add("http1");
    int tls = peers.add("http1", good);
    for (String hint :
        List.of(
            "",
            "http",
            "tcp",
            "h2c",
            "grpc",
            "kubernetes.io/ws",
            "fcgi",
            "mysql",
            "example.com/theirs")) {
      add(hint, "", Expected.BYTES, plain);
      add(hint, "ca", Expected.TLS, tls);
      add(hint, "nowhere", Expected.CLOSED, tls);
    }
    for (String hint : List.of("kubernetes.io/wss", "https", "TLS")) {
      add(hint, "", Expected.UNSUPPORTED, tls);
      add(hint, "ca", Expected.TLS, tls);
      add(hint, "nowhere", Expected.CLOSED, tls);
    }
    add("postern.dev/auto-http", "", Expected.UNSUPPORTED, plain);
    add("postern.dev/auto-http", "ca", Expected.UNSUPPORTED, tls);

    Certificates clients = Certificates.authority("Clients");
    Certificates other = authority.leafFor("other.example");
    Certificates strange = Certificates.authority("Authority").leafFor(BACKEND);
    Certificates expired =
        authority.leaf(BACKEND, b -> Certificates.expired(Certificates.withDns(b, BACKEND)));
    for (Certificates wrong : List.of(other, strange, expired)) {
      add("", "ca", Expected.REFUSED, peers.add("http1", wrong));
    }
    add("", "ca", Expected.REFUSED, plain);
    int demanding = peers.add("http1", good, clients);
    add("", "ca", Expected.REFUSED, demanding);
    add("", "ca", "client-of-strangers", Expected.REFUSED, demanding);
    add("", "ca", "client-good", Expected.TLS, demanding);
    running.add(peers.start());

    ManifestFolder folder = new ManifestFolder(temp.resolve("manifests"));
    Certificates shown = front.leafFor("*.test");
    Certificates client = clients.clientLeaf("postern.example");
    Certificates stranger = Certificates.authority("Clients").clientLeaf("postern.example");
    List<String> listeners = new ArrayList<>();
    listeners.add(
        httpsListener("tls", tlsPort, "", "front").replace("protocol: HTTPS", "protocol: TLS"));
    for (Row row : rows) {
      if (row.kind().equals("TCPRoute")) {
        listeners.add(
            httpListener(row.name(), row.port()).replace("protocol: HTTP", "protocol: TCP"));
      }
      write(folder, row);
    }
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(listeners.toArray(String[]::new)),
        tlsSecret("infra", "front", shown.chainPem(), shown.keyPem()),
        caConfigMap("ca", authority.certificatePem()),
        tlsSecret(NS, "client-good", client.chainPem(), client.keyPem()),
        tlsSecret(NS, "client-of-strangers", stranger.chainPem(), stranger.keyPem()));
    postern = running.add(PosternProcess.serving(folder));
    check = Check.of(folder);
  }

  private static void add(String hint, String ca, Expected expected, int target) {
    add(hint, ca, "", expected, target);
  }

  private static void add(String hint, String ca, String secret, Expected expected, int target) {
    for (String kind : List.of("TCPRoute", "TLSRoute")) {
      Tap tap = running.add(new Tap(target));
      int port = kind.equals("TCPRoute") ? Ports.free() : tlsPort;
      rows.add(new Row(kind, hint, ca, secret, expected, tap, port));
    }
  }

  private static void write(ManifestFolder folder, Row row) {
    String name = row.name();
    boolean tcp = row.kind().equals("TCPRoute");
    String rules = "- backendRefs:\n  - name: %s\n    port: 80\n".formatted(name);
    List<String> documents = new ArrayList<>();
    documents.add(service(NS, name, "p:80" + (row.hint().isEmpty() ? "" : ":" + row.hint())));
    documents.add(slice(NS, name, "p", row.tap().port()));
    documents.add(
        route(NS, name, tcp ? name : "tls", tcp ? "" : row.host(), rules)
            .replace("kind: HTTPRoute", "kind: " + row.kind()));
    if (!row.ca().isEmpty()) {
      documents.add(backendTls(name, name, trust(BACKEND, row.ca())));
    }
    if (!row.secret().isEmpty()) {
      String tls = "tls:\n  clientCertificateRef:\n    name: " + row.secret() + "\n";
      documents.add(connectionPolicy(name, name, tls));
    }
    folder.put(name + ".yaml", documents.toArray(String[]::new));
  }

  static Stream<Row> rows() {
    return rows.stream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void bytesGoOnlyWhereTheTableSays(Row row) {
    try (RawHttp client = connect(row)) {
      client.offer(RawHttp.requestHead("GET", row.host(), "/"));
      switch (row.expected()) {
        case BYTES, TLS -> {
          RawResponse response = client.response("GET");
          assertThat(response.text()).as("%s", postern).contains("host=" + row.host());
          if (row.expected() == Expected.TLS) {
            String shown = row.secret().isEmpty() ? "" : "postern.example";
            assertThat(response.text()).contains("sni=" + BACKEND, "client=" + shown + "\n");
          }
        }
        default -> assertThat(client.endsWithoutAnOctet()).as("%s", postern).isTrue();
      }
    }
    Tap tap = row.tap();
    switch (row.expected()) {
      case BYTES -> assertThat(tap.heardOnlyTls()).isFalse();
      case TLS, REFUSED -> assertThat(tap.heardOnlyTls()).isTrue();
      case CLOSED, UNSUPPORTED -> assertThat(tap.connections()).isZero();
    }
  }

  private static RawHttp connect(Row row) {
    return row.kind().equals("TCPRoute")
        ? RawHttp.connect(row.port())
        : RawHttp.connectTls(tlsPort, row.host(), front.trustingContext());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void statusSaysIt(Row row) {
    Check.Condition resolved = check.condition(row.kind(), row.name(), "ResolvedRefs");
    if (row.expected() == Expected.UNSUPPORTED) {
      assertThat(resolved.reason()).as(resolved.message()).isEqualTo("UnsupportedProtocol");
    } else {
      assertThat(resolved.status()).as(resolved.message()).isEqualTo("True");
    }
    if (!row.ca().isEmpty()) {
      assertThat(check.condition("BackendTLSPolicy", row.name(), "Accepted").status())
          .isEqualTo(row.ca().equals("ca") ? "True" : "False");
    }
  }
}
