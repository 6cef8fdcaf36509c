package dev.postern.e2e.hop;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.caSecret;
import static dev.postern.e2e.fixture.Manifests.connectionPolicy;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.route;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static dev.postern.e2e.fixture.Manifests.tlsSecret;
import static dev.postern.e2e.hop.ForeignManifests.configPolicy;
import static dev.postern.e2e.hop.ForeignManifests.envoyBackend;
import static dev.postern.e2e.hop.ForeignManifests.kgatewayBackend;
import static dev.postern.e2e.hop.ForeignManifests.rule;
import static dev.postern.e2e.hop.ForeignManifests.verified;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Check;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What other gateways' kinds say about backends, in traffic: whom they trust, whom they do not, and
 * where they would skip verification without a word.
 */
class ForeignKindsIT {
  private enum Said {
    ENVOY_GATEWAY("envoybackend_default_%s", "Backend"),
    KGATEWAY("kgatewaybackend_default_%s", "BackendConfigPolicy"),
    KGATEWAY_SERVICE("kube_default_%s_80", "BackendConfigPolicy"),
    ISTIO("kube_default_%s_80", "DestinationRule");

    final String cluster;
    final String kind;

    Said(String cluster, String kind) {
      this.cluster = cluster;
      this.kind = kind;
    }
  }

  private enum Server {
    GOOD("ssl.handshake"),
    WRONG_NAME("ssl.fail_verify_san"),
    UNTRUSTED("ssl.fail_verify_error"),
    CLIENT_SHOWN("ssl.handshake"),
    CLIENT_MISSING("");

    final String counter;

    Server(String counter) {
      this.counter = counter;
    }
  }

  private record Row(Said said, Server server) {
    String name() {
      return (said + "-" + server).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
      return said + " " + server;
    }
  }

  @TempDir static Path temp;

  private static final List<AutoCloseable> running = new ArrayList<>();

  /** Of a Gateway whose operator did not consent to backends that are not verified. */
  private static final int strict = Ports.free();

  /** Of one whose operator did. */
  private static final int consenting = Ports.free();

  private static ForeignServers servers;
  private static ManifestFolder folder;
  private static PosternProcess postern;
  private static Check check;

  @BeforeAll
  static void startAll() throws Exception {
    servers = new ForeignServers(temp.resolve("servers"));
    running.add(servers);
    folder = new ManifestFolder(temp.resolve("manifests"));
    String ca = ForeignServers.AUTHORITY.certificatePem();
    Certificates client = ForeignServers.CLIENTS.clientLeaf("postern.example");
    String pair = tlsSecret(NS, "pair", client.chainPem(), client.keyPem());
    String gateway = Manifests.gateway(httpListener("http", consenting));
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(httpListener("http", strict)),
        gateway.replace(
            "  name: http\n  namespace: infra\n",
            "  name: consenting\n  namespace: infra\n  annotations:\n"
                + "    postern.dev/allow-insecure-backends: \"true\"\n"),
        caConfigMap("ca", ca),
        caSecret("ca", ca),
        caSecret("ca", ca).replace("namespace: default", "namespace: infra"),
        pair,
        pair.replace("name: pair", "name: both")
            + caSecret("x", ca).lines().filter(line -> line.contains("ca.crt:")).findFirst().get()
            + "\n");
    for (Row row : rows().toList()) {
      write(
          row.name(),
          says(
              row.said(),
              row.name(),
              port(row.server()),
              row.server() == Server.CLIENT_SHOWN ? "both" : ""));
    }
    severalHosts();
    traps();
    portNamesAndNamespaces();
    postern = PosternProcess.serving(folder);
    running.add(postern);
    check = Check.of(folder);
  }

  @AfterAll
  static void stopAll() throws Exception {
    for (AutoCloseable one : running.reversed()) {
      one.close();
    }
  }

  static Stream<Row> rows() {
    return Stream.of(Said.values())
        .flatMap(said -> Stream.of(Server.values()).map(server -> new Row(said, server)));
  }

  private static int port(Server server) {
    return switch (server) {
      case GOOD -> servers.good;
      case WRONG_NAME -> servers.wrongName;
      case UNTRUSTED -> servers.untrusted;
      case CLIENT_SHOWN -> servers.asking;
      case CLIENT_MISSING -> servers.demanding();
    };
  }

  /** The route of a host to a backend, through both Gateways, and what else there is to it. */
  private static void write(String name, String... documents) {
    List<String> all = new ArrayList<>(List.of(documents));
    boolean envoy = Stream.of(documents).anyMatch(d -> d.contains("gateway.envoyproxy.io/"));
    boolean kgateway = Stream.of(documents).anyMatch(d -> d.contains("spec: {static:"));
    String ref =
        envoy
            ? "group: gateway.envoyproxy.io\n    kind: Backend"
            : kgateway ? "group: gateway.kgateway.dev\n    kind: Backend" : "port: 80";
    String rules = "- backendRefs:\n  - name: %s\n    %s\n".formatted(name, ref);
    all.add(
        route(name, name + ".test", rules)
            .replace(
                "    namespace: infra\n",
                "    namespace: infra\n  - name: consenting\n    namespace: infra\n"));
    folder.put(name + ".yaml", all.toArray(String[]::new));
  }

  /** TLS to that port, verified as {@link ForeignServers#NAME}. */
  private static String says(Said said, String name, int target, String secret) {
    return switch (said) {
      case ENVOY_GATEWAY ->
          envoyBackend(
              name,
              "{fqdn: {hostname: localhost, port: %d}}".formatted(target),
              "caCertificateRefs: [{group: '', kind: ConfigMap, name: ca}], sni: %s%s"
                  .formatted(
                      ForeignServers.NAME,
                      secret.isEmpty() ? "" : ", clientCertificateRef: {name: " + secret + "}"));
      case KGATEWAY ->
          kgatewayBackend(name, "{host: 127.0.0.1, port: %d}".formatted(target))
              + "---\n"
              + configPolicy(name, "gateway.kgateway.dev", "Backend", verified(secret));
      case KGATEWAY_SERVICE ->
          Manifests.backend(name, target)
              + "---\n"
              + configPolicy(name, "''", "Service", verified(secret));
      case ISTIO ->
          Manifests.backend(name, target)
              + "---\n"
              + rule(
                  NS,
                  name,
                  name,
                  "tls: {mode: %s, credentialName: %s, subjectAltNames: [%s]}"
                      .formatted(
                          secret.isEmpty() ? "SIMPLE" : "MUTUAL",
                          secret.isEmpty() ? "ca" : secret,
                          ForeignServers.NAME));
    };
  }

  private static void severalHosts() {
    String gone = "no-such-host.invalid";
    write(
        "eg-hosts",
        envoyBackend(
            "eg-hosts",
            "{fqdn: {hostname: %s, port: 1}}, {fqdn: {hostname: localhost, port: %d}}"
                .formatted(gone, servers.good),
            "caCertificateRefs: [{group: '', kind: ConfigMap, name: ca}], sni: "
                + ForeignServers.NAME));
    write(
        "eg-names",
        envoyBackend(
            "eg-names",
            "{ip: {address: 127.0.0.1, port: %d}, hostname: a.example}, {ip: {address: 127.0.0.1, port: %d}, hostname: b.example}"
                .formatted(servers.first, servers.second),
            "caCertificateRefs: [{group: '', kind: ConfigMap, name: ca}],"
                + " autoSNIFromEndpointHostname: true"));
    write(
        "kg-hosts",
        kgatewayBackend(
                "kg-hosts",
                "{host: %s, port: 1}, {host: localhost, port: %d}, {host: 127.0.0.1, port: %d}"
                    .formatted(gone, servers.good, servers.good))
            + "---\n"
            + configPolicy("kg-hosts", "gateway.kgateway.dev", "Backend", verified("")));
  }

  private static void traps() {
    String skip = "insecureSkipVerify: true";
    String endpoint = "{ip: {address: 127.0.0.1, port: %d}}".formatted(servers.untrusted);
    write("eg-skip", envoyBackend("eg-skip", endpoint, skip));
    write(
        "eg-skip-and-policy",
        envoyBackend("eg-skip-and-policy", endpoint, skip),
        Manifests.backendTls(
                "eg-skip-and-policy",
                "eg-skip-and-policy",
                Manifests.trust(ForeignServers.NAME, "ca"))
            .replace(
                "- group: \"\"\n    kind: Service",
                "- group: gateway.envoyproxy.io\n    kind: Backend"));
    write(
        "kg-no-ca",
        Manifests.backend("kg-no-ca", servers.untrusted),
        configPolicy("kg-no-ca", "''", "Service", "secretRef: {name: pair}"));
    write(
        "kg-skip",
        Manifests.backend("kg-skip", servers.untrusted),
        configPolicy("kg-skip", "''", "Service", skip));
    String sniAlone = "tls: {mode: SIMPLE, credentialName: ca, sni: " + ForeignServers.NAME + "}";
    write(
        "istio-sni",
        Manifests.backend("istio-sni", servers.wrongName),
        rule(NS, "istio-sni", "istio-sni", sniAlone));
    write(
        "istio-sni-said-openly",
        Manifests.backend("istio-sni-said-openly", servers.wrongName),
        rule(NS, "istio-sni-said-openly", "istio-sni-said-openly", sniAlone),
        connectionPolicy(
            "istio-sni-said-openly",
            "istio-sni-said-openly",
            """
            tls:
              insecureSkipVerify: Hostname
              caCertificateRefs: [{group: "", kind: ConfigMap, name: ca}]
            """));
  }

  private static void portNamesAndNamespaces() {
    for (String portName : List.of("http2-web", "grpc", "https-web", "web")) {
      int target = portName.matches("http2.*|grpc") ? servers.http2 : servers.plain;
      String name = "port-" + portName;
      write(name, service(NS, name, portName + ":80"), slice(NS, name, portName, target));
    }
    String good =
        "tls: {mode: SIMPLE, credentialName: ca, subjectAltNames: [" + ForeignServers.NAME + "]}";
    write(
        "istio-at-the-gateway",
        Manifests.backend("istio-at-the-gateway", servers.good),
        rule(NS, "at-home", "istio-at-the-gateway", "tls: {mode: DISABLE}"),
        rule("infra", "of-infra", "istio-at-the-gateway.default.svc.cluster.local", good));
    write(
        "istio-not-exported",
        Manifests.backend("istio-not-exported", servers.plain),
        rule(NS, "kept", "istio-not-exported", good)
            .replace("spec:", "spec:\n  exportTo: [\".\"]"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void trafficGoesOnlyToWhomTheKindTrusts(Row row) {
    for (int gateway : List.of(strict, consenting)) {
      RawResponse response = get(gateway, row.name());
      switch (row.server()) {
        case GOOD ->
            assertThat(response.text())
                .as("%s\n%s", response, postern)
                .contains("port=" + servers.good, "sni=" + ForeignServers.NAME);
        case CLIENT_SHOWN ->
            assertThat(response.text())
                .as("%s\n%s", response, postern)
                .contains("client=CN=postern.example");
        default -> {
          assertThat(response.status()).as("%s\n%s", response, postern).isEqualTo(503);
          assertThat(response.text()).doesNotContainIgnoringCase("certificate");
        }
      }
    }
    String cluster = row.said().cluster.formatted(row.name());
    if (!row.server().counter.isEmpty()) {
      assertThat(postern.stat("cluster." + cluster + "." + row.server().counter)).isPositive();
    }
    if (row.server() == Server.WRONG_NAME || row.server() == Server.UNTRUSTED) {
      assertThat(postern.stat("cluster." + cluster + ".ssl.handshake")).isZero();
    }
    assertThat(check.findings(row.said().kind, row.name())).isEmpty();
  }

  @Test
  void hostsThatAreFoundServeWithoutTheOneThatIsNot() {
    for (String name : List.of("eg-hosts", "kg-hosts")) {
      Awaitility.await().untilAsserted(() -> assertThat(get(strict, name).status()).isEqualTo(200));
      for (int i = 0; i < 20; i++) {
        assertThat(get(strict, name).status()).as("%s", postern).isEqualTo(200);
      }
    }
  }

  @Test
  void eachEndpointOfEnvoyGatewayIsVerifiedByItsOwnName() {
    Set<String> seen = new HashSet<>();
    Awaitility.await()
        .untilAsserted(() -> {
          RawResponse response = get(strict, "eg-names");
          assertThat(response.status()).as("%s", postern).isEqualTo(200);
          seen.add(response.text().strip().replaceAll(" client=.*", ""));
          assertThat(seen)
              .containsExactlyInAnyOrder(
                  "port=" + servers.first + " sni=a.example",
                  "port=" + servers.second + " sni=b.example");
        });
  }

  @Test
  void skippedVerificationNeedsTheOperatorsConsent() {
    for (String name : List.of("eg-skip", "kg-skip")) {
      assertThat(get(strict, name).status()).isEqualTo(500);
      assertThat(get(consenting, name).status()).as("%s", postern).isEqualTo(200);
      assertThat(messages(name)).anyMatch(m -> m.contains("postern.dev/allow-insecure-backends"));
    }
  }

  @Test
  void skippedVerificationOfEnvoyGatewayEndsWithABackendTlsPolicy() {
    assertThat(get(consenting, "eg-skip-and-policy").status()).isEqualTo(503);
    assertThat(postern.stat("cluster.envoybackend_default_eg-skip-and-policy.ssl.handshake"))
        .isZero();
  }

  @Test
  void aSecretOfKgatewayWithoutACaIsRefusedAndCheckSaysHowToSayItOpenly() {
    assertThat(get(strict, "kg-no-ca").status()).isEqualTo(500);
    assertThat(get(consenting, "kg-no-ca").status()).isEqualTo(500);
    assertThat(check.findings("BackendConfigPolicy", "kg-no-ca"))
        .singleElement()
        .asString()
        .contains("Requests get 500", "ca.crt", "insecureSkipVerify: true");
    assertThat(messages("kg-no-ca")).anyMatch(m -> m.contains("insecureSkipVerify: true"));
  }

  @Test
  void anSniOfIstioWithoutNamesIsRefusedAndCheckSaysHowToSayItOpenly() {
    assertThat(get(strict, "istio-sni").status()).isEqualTo(500);
    assertThat(get(consenting, "istio-sni").status()).isEqualTo(500);
    assertThat(check.findings("DestinationRule", "istio-sni"))
        .singleElement()
        .asString()
        .contains("subjectAltNames: [" + ForeignServers.NAME + "]", "insecureSkipVerify: Hostname");
    assertThat(get(strict, "istio-sni-said-openly").status()).isEqualTo(500);
    assertThat(get(consenting, "istio-sni-said-openly").status()).as("%s", postern).isEqualTo(200);
  }

  @Test
  void namesOfPortsSayTheVersionAndNeverTls() {
    assertThat(get(strict, "port-http2-web").text()).contains("over=HTTP/2.0");
    assertThat(get(strict, "port-grpc").text()).contains("over=HTTP/2.0");
    assertThat(get(strict, "port-https-web").text()).contains("sni= ", "over=HTTP/1.1");
    assertThat(get(strict, "port-web").text()).contains("over=HTTP/1.1");
  }

  @Test
  void aRuleOfTheGatewaysNamespaceGoesBeforeThatOfTheService() {
    assertThat(get(strict, "istio-at-the-gateway").text())
        .as("%s", postern)
        .contains("sni=" + ForeignServers.NAME);
    assertThat(check.findings("DestinationRule", "at-home"))
        .singleElement()
        .asString()
        .contains("of-infra is found first");
  }

  @Test
  void aRuleThatIsNotExportedToTheGatewayIsToldAndNotFollowed() {
    assertThat(get(strict, "istio-not-exported").status()).isEqualTo(200);
    assertThat(check.findings("DestinationRule", "kept"))
        .singleElement()
        .asString()
        .contains("add infra");
  }

  private static RawResponse get(int gateway, String name) {
    return RawHttp.get(gateway, name + ".test", "/");
  }

  private static List<String> messages(String routeName) {
    return check.conditions("HTTPRoute", routeName, "ResolvedRefs").stream()
        .map(Check.Condition::message)
        .toList();
  }
}
