package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.caSecret;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Exchange;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.LyingBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which certificate under which policy gives what: one Service, one server and one host each, in
 * one Postern.
 */
class BackendTlsIT {
  private static final String RESET =
      "upstream connect error or disconnect/reset before headers. reset reason: ";

  /** How a case ends, and the one counter of the cluster that says why. */
  private enum Outcome {
    OK("ssl.handshake", 200),
    UNTRUSTED("ssl.fail_verify_error", 503),
    WRONG_NAME("ssl.fail_verify_san", 503),
    NO_TLS("ssl.connection_error", 503),
    INVALID_POLICY("", 500);

    final String counter;
    final int status;

    Outcome(String counter, int status) {
      this.counter = counter;
      this.status = status;
    }
  }

  private record Case(String name, String serverName, Outcome outcome) {
    @Override
    public String toString() {
      return name + " " + outcome;
    }
  }

  private static final String GOOD = "backend.example";

  @TempDir static Path temp;

  private static final List<AutoCloseable> servers = new ArrayList<>();
  private static final List<Case> cases = new ArrayList<>();
  private static ManifestFolder folder;
  private static PosternProcess postern;
  private static int port;

  private static final Certificates authority = Certificates.authority("Authority");
  private static final Certificates other = Certificates.authority("Authority");

  @BeforeAll
  static void startEverything() throws Exception {
    port = Ports.free();
    folder = new ManifestFolder(temp.resolve("manifests"));
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(Manifests.httpListener("http", port)));
    folder.put(
        "cas.yaml",
        caConfigMap("authority", authority.certificatePem()),
        caConfigMap("other", other.certificatePem()),
        caConfigMap("empty", ""),
        caConfigMap("rubbish", "this is no certificate\n"),
        caConfigMap("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        caConfigMap("both", other.certificatePem() + authority.certificatePem()),
        caConfigMap(
            "annotated",
            "# our authority, see the wiki\n"
                + authority.certificatePem()
                + "\nsome words after it\n"),
        caSecret("authority", authority.certificatePem()));
    trustedAndNot();
    datesThatMatter();
    names();
    alternativeNames();
    severalAuthorities();
    chains();
    references();
    peersThatDoNotDoTheirPart();
    warmUp();
    postern = PosternProcess.serving(folder);
  }

  /** The first handshake of a JVM takes its time, which is not what is tested here. */
  private static void warmUp() {
    HttpBackend first = servers(HttpBackend.class).findFirst().orElseThrow();
    try (RawHttp client = RawHttp.connectTls(first.port(), GOOD, authority.trustingContext())) {
      client.send(RawHttp.requestHead("GET", GOOD, "/"));
      assertThat(client.response("GET").status()).isEqualTo(200);
    }
  }

  @AfterAll
  static void stopEverything() throws Exception {
    if (postern != null) {
      postern.close();
    }
    for (AutoCloseable server : servers) {
      server.close();
    }
  }

  private static void trustedAndNot() {
    Certificates leaf = authority.leafFor(GOOD);
    add("right-authority", leaf, trust(GOOD, "authority"), Outcome.OK);
    add("wrong-authority-of-the-same-name", leaf, trust(GOOD, "other"), Outcome.UNTRUSTED);
    Certificates stranger = Certificates.authority("Stranger").leafFor(GOOD);
    add("wrong-authority", stranger, trust(GOOD, "authority"), Outcome.UNTRUSTED);
    Certificates self = Certificates.selfSigned(GOOD);
    addWithCa("self-signed-trusted", self, self, GOOD, Outcome.OK);
    add("self-signed-unknown", self, trust(GOOD, "authority"), Outcome.UNTRUSTED);
    Certificates client =
        authority.leaf(
            GOOD, builder -> Certificates.withDns(builder, GOOD).addExtendedKeyUsageClientAuth());
    add("server-and-client-purpose", client, trust(GOOD, "authority"), Outcome.OK);
  }

  private static void datesThatMatter() {
    add(
        "expired-leaf",
        authority.leaf(GOOD, b -> Certificates.expired(Certificates.withDns(b, GOOD))),
        trust(GOOD, "authority"),
        Outcome.UNTRUSTED);
    add(
        "not-yet-valid",
        authority.leaf(GOOD, b -> Certificates.notYetValid(Certificates.withDns(b, GOOD))),
        trust(GOOD, "authority"),
        Outcome.UNTRUSTED);
    Certificates expired =
        Certificates.selfSigned(GOOD, b -> Certificates.expired(Certificates.withDns(b, GOOD)));
    addWithCa("expired-leaf-that-is-its-own-anchor", expired, expired, GOOD, Outcome.UNTRUSTED);
    Certificates oldAuthority = Certificates.authority("Old authority", Certificates::expired);
    addWithCa(
        "expired-authority", oldAuthority.leafFor(GOOD), oldAuthority, GOOD, Outcome.UNTRUSTED);
  }

  private static void names() {
    add(
        "wrong-name",
        authority.leafFor("somebody-else.example"),
        trust(GOOD, "authority"),
        Outcome.WRONG_NAME);
    Certificates wildcard = authority.leafFor("*.wild.example");
    add("wildcard-one-label", wildcard, trust("a.wild.example", "authority"), Outcome.OK);
    add(
        "wildcard-two-labels",
        wildcard,
        trust("a.b.wild.example", "authority"),
        Outcome.WRONG_NAME);
    add("wildcard-no-label", wildcard, trust("wild.example", "authority"), Outcome.WRONG_NAME);
    add(
        "upper-case-in-certificate",
        authority.leafFor("BACKEND.Example"),
        trust(GOOD, "authority"),
        Outcome.OK);
    add(
        "common-name-only",
        authority.leaf(GOOD, b -> b),
        trust(GOOD, "authority"),
        Outcome.WRONG_NAME);
    add(
        "common-name-only-and-another-kind-of-name",
        authority.leaf(GOOD, b -> Certificates.withUri(b, "spiffe://cluster/web")),
        trust(GOOD, "authority"),
        Outcome.WRONG_NAME);
    Certificates self = Certificates.selfSigned(GOOD, b -> b);
    addWithCa("self-signed-common-name-only", self, self, GOOD, Outcome.WRONG_NAME);
    add(
        "second-of-two-names",
        authority.leafFor("first.example", GOOD),
        trust(GOOD, "authority"),
        Outcome.OK);
  }

  private static void alternativeNames() {
    Certificates named = authority.leafFor(GOOD);
    Certificates spiffe =
        authority.leaf("web", b -> Certificates.withUri(b, "spiffe://cluster/ns/web"));
    String sni = "sni-only.example";
    add(
        "uri-name",
        spiffe,
        trust(sni, "authority") + sans("URI=spiffe://cluster/ns/web"),
        Outcome.OK,
        sni);
    add(
        "uri-name-of-somebody-else",
        spiffe,
        trust(sni, "authority") + sans("URI=spiffe://cluster/ns/other"),
        Outcome.WRONG_NAME,
        sni);
    add(
        "hostname-does-not-count-when-names-are-listed",
        named,
        trust(GOOD, "authority") + sans("Hostname=listed.example"),
        Outcome.WRONG_NAME);
    add(
        "listed-name-counts-though-hostname-does-not-match",
        named,
        trust(sni, "authority") + sans("Hostname=" + GOOD),
        Outcome.OK,
        sni);
    add(
        "one-of-many-names",
        named,
        trust(sni, "authority")
            + sans("URI=spiffe://cluster/x", "Hostname=no.example", "Hostname=" + GOOD),
        Outcome.OK,
        sni);
    add(
        "dns-name-does-not-match-a-uri",
        authority.leaf("web", b -> Certificates.withDns(b, "web.example")),
        trust(sni, "authority") + sans("URI=https://web.example"),
        Outcome.WRONG_NAME,
        sni);
  }

  private static void severalAuthorities() {
    Certificates leaf = authority.leafFor(GOOD);
    add("second-of-two-authorities", leaf, trust(GOOD, "other", "authority"), Outcome.OK);
    add("good-one-beside-a-missing-one", leaf, trust(GOOD, "nowhere", "authority"), Outcome.OK);
    add(
        "missing-one-beside-a-good-one",
        Certificates.authority("Lost").leafFor(GOOD),
        trust(GOOD, "nowhere", "authority"),
        Outcome.UNTRUSTED);
    add("two-authorities-in-one-file", leaf, trust(GOOD, "both"), Outcome.OK);
    add("words-around-the-certificate", leaf, trust(GOOD, "annotated"), Outcome.OK);
  }

  private static void chains() {
    Certificates middle = authority.intermediate("Middle");
    Certificates leaf = middle.leafFor(GOOD);
    add("intermediate-sent-along", leaf, trust(GOOD, "authority"), Outcome.OK);
    add("intermediate-kept-back", leaf.alone(), trust(GOOD, "authority"), Outcome.UNTRUSTED);
    addWithCa("intermediate-is-the-anchor", leaf, middle, GOOD, Outcome.OK);
    // A leaf that tries to be an authority.
    Certificates impostor = authority.leafFor("somebody.example").leafOfLeaf(GOOD);
    add("issued-by-a-leaf", impostor, trust(GOOD, "authority"), Outcome.UNTRUSTED);
    add(
        "for-clients-only",
        authority.clientLeaf(GOOD),
        trust(GOOD, "authority"),
        Outcome.UNTRUSTED);
  }

  private static void references() {
    Certificates leaf = authority.leafFor(GOOD);
    String wellKnown = "hostname: " + GOOD + "\nwellKnownCACertificates: ";
    add(
        "authority-in-a-secret",
        leaf,
        trust(GOOD, "authority").replace("kind: ConfigMap", "kind: Secret"),
        Outcome.OK);
    add("system-knows-no-private-authority", leaf, wellKnown + "System\n", Outcome.UNTRUSTED);
    add("unknown-well-known", leaf, wellKnown + "example.com/ours\n", Outcome.INVALID_POLICY);
    add("missing-config-map", leaf, trust(GOOD, "nowhere"), Outcome.INVALID_POLICY);
    add("empty-ca-crt", leaf, trust(GOOD, "empty"), Outcome.INVALID_POLICY);
    add("rubbish-in-ca-crt", leaf, trust(GOOD, "rubbish"), Outcome.INVALID_POLICY);
    add("broken-certificate-in-ca-crt", leaf, trust(GOOD, "broken"), Outcome.INVALID_POLICY);
    add(
        "unknown-kind-of-reference",
        leaf,
        trust(GOOD, "authority").replace("kind: ConfigMap", "kind: Service"),
        Outcome.INVALID_POLICY);
  }

  private static void peersThatDoNotDoTheirPart() throws Exception {
    HttpBackend plain = HttpBackend.echo("plaintext-server");
    add("plaintext-server", plain.port(), trust(GOOD, "authority"), Outcome.NO_TLS);
    servers.add(plain);
    LyingBackend early = LyingBackend.plain(wire -> wire.write("220 ready when you are\r\n"));
    add("speaks-before-the-handshake", early.port(), trust(GOOD, "authority"), Outcome.NO_TLS);
    servers.add(early);
  }

  private static String sans(String... names) {
    StringBuilder text = new StringBuilder("subjectAltNames:\n");
    for (String name : names) {
      String[] parts = name.split("=", 2);
      text.append("- type: ").append(parts[0]).append('\n');
      text.append(parts[0].equals("URI") ? "  uri: " : "  hostname: ").append(parts[1]);
      text.append('\n');
    }
    return text.toString();
  }

  private static void add(String name, Certificates server, String validation, Outcome outcome) {
    String hostname = validation.lines().findFirst().orElseThrow().substring("hostname: ".length());
    add(name, server, validation, outcome, hostname);
  }

  private static void add(
      String name, Certificates server, String validation, Outcome outcome, String serverName) {
    HttpBackend backend = HttpBackend.echo(name, server);
    servers.add(backend);
    add(name, backend.port(), validation, outcome);
    cases.set(cases.size() - 1, new Case(name, serverName, outcome));
  }

  private static void add(String name, int target, String validation, Outcome outcome) {
    folder.put(
        name + ".yaml",
        service(NS, name, "tls:443"),
        slice(NS, name, "tls", target),
        backendTls(name, name, validation),
        Manifests.routeTo(name, name + ".test", name, 443));
    cases.add(new Case(name, GOOD, outcome));
  }

  private static void addWithCa(
      String name, Certificates server, Certificates ca, String hostname, Outcome outcome) {
    folder.put(name + "-ca.yaml", caConfigMap("ca-" + name, ca.certificatePem()));
    add(name, server, trust(hostname, "ca-" + name), outcome);
  }

  static Stream<Case> cases() {
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void certificateMeetsPolicy(Case one) {
    RawResponse response = RawHttp.get(port, one.name() + ".test", "/");

    assertThat(response.status()).as("%s\n%s", response, postern).isEqualTo(one.outcome().status);
    Map<String, Long> stats = postern.stats();
    String cluster = "cluster.kube_default_" + one.name() + "_443.";
    for (Outcome outcome : Outcome.values()) {
      long counted = stats.getOrDefault(cluster + outcome.counter, 0L);
      if (outcome == one.outcome() && !outcome.counter.isEmpty()) {
        assertThat(counted).as(cluster + outcome.counter).isPositive();
      } else {
        assertThat(counted).as(cluster + outcome.counter).isZero();
      }
    }
    if (one.outcome() == Outcome.OK) {
      Exchange exchange = exchange(one.name());
      assertThat(exchange.serverName()).isEqualTo(one.serverName());
      assertThat(exchange.value("host")).isEqualTo(one.name() + ".test");
    } else {
      assertNothingLeaks(response, one.outcome());
    }
  }

  private static void assertNothingLeaks(RawResponse response, Outcome outcome) {
    if (outcome != Outcome.INVALID_POLICY) {
      assertThat(response.text()).startsWith(RESET);
      assertThat(response.text().substring(RESET.length()))
          .isIn(
              "connection failure",
              "local connection failure",
              "remote connection failure",
              "connection termination");
    }
    assertThat(response.toString())
        .doesNotContainIgnoringCase("tls_error")
        .doesNotContainIgnoringCase("certificate")
        .doesNotContainIgnoringCase("ssl")
        .doesNotContainIgnoringCase("verify");
  }

  private static <T> Stream<T> servers(Class<T> type) {
    return servers.stream().filter(type::isInstance).map(type::cast);
  }

  private static Exchange exchange(String server) {
    return servers(HttpBackend.class)
        .filter(backend -> backend.name().equals(server))
        .findFirst()
        .orElseThrow()
        .lastExchange();
  }
}
