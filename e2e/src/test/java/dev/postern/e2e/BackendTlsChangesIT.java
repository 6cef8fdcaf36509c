package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Change;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which policy rules which port, and what happens when policies and authorities change. */
class BackendTlsChangesIT {
  @TempDir static Path temp;

  private static final Certificates one = Certificates.authority("One");
  private static final Certificates two = Certificates.authority("Two");
  private static HttpBackend serverOne;
  private static HttpBackend serverTwo;
  private static HttpBackend plain;
  private static ManifestFolder folder;
  private static PosternProcess postern;
  private static int port;

  @BeforeAll
  static void start() {
    port = Ports.free();
    serverOne = HttpBackend.echo("one", one.leafFor("svc.example"));
    serverTwo = HttpBackend.echo("two", two.leafFor("svc.example"));
    plain = HttpBackend.echo("plain");
    folder =
        new ManifestFolder(temp)
            .put(
                "gateway.yaml",
                Manifests.gatewayClass(),
                Manifests.gateway(Manifests.httpListener("http", port)))
            .put(
                "cas.yaml",
                caConfigMap("one", one.certificatePem()),
                caConfigMap("two", two.certificatePem()));
    postern = PosternProcess.serving(folder);
  }

  @AfterAll
  static void stop() {
    postern.assertNoStackTrace();
    postern.close();
    serverOne.close();
    serverTwo.close();
    plain.close();
  }

  private static Change change(String host) {
    return new Change(port, host, "/");
  }

  /** A Service with one TLS port, and the route of the same name. */
  private static String[] tlsService(String name, HttpBackend server) {
    return new String[] {
      service(NS, name, "tls:443"),
      slice(NS, name, "tls", server.port()),
      routeTo(name, name + ".test", name, 443)
    };
  }

  @Test
  void trustIsRevokedAtOnceOnConnectionsThatAreOpenToo() {
    Change change = change("rotate.test");
    folder.put(
        "rotate-policy.yaml", backendTls("rotate", "rotate", trust("svc.example", "rotating")));
    folder.put("rotate-ca.yaml", caConfigMap("rotating", one.certificatePem()));
    change.make(() -> folder.put("rotate.yaml", tlsService("rotate", serverOne)), 200, 404);

    change.make(
        () -> folder.put("rotate-ca.yaml", caConfigMap("rotating", two.certificatePem())),
        503,
        200);
    int before = serverOne.requests();
    for (int i = 0; i < 20; i++) {
      assertThat(RawHttp.get(port, "rotate.test", "/").status()).isEqualTo(503);
    }
    assertThat(serverOne.requests()).isEqualTo(before);

    change.make(
        () ->
            folder.put(
                "rotate-ca.yaml",
                caConfigMap("rotating", one.certificatePem() + two.certificatePem())),
        200,
        503);
    change.make(
        () -> folder.put("rotate-ca.yaml", caConfigMap("rotating", one.certificatePem())),
        200,
        200);
  }

  @Test
  void policyWithoutItsConfigMapFailsClosedUntilTheConfigMapIsBack() {
    Change change = change("missing.test");
    folder.put(
        "missing-policy.yaml", backendTls("missing", "missing", trust("svc.example", "comes")));
    change.make(() -> folder.put("missing.yaml", tlsService("missing", serverOne)), 500, 404);
    String good = caConfigMap("comes", one.certificatePem());
    change.make(() -> folder.put("missing-ca.yaml", good), 200, 500);
    change.make(() -> folder.delete("missing-ca.yaml"), 500, 200);
    change.make(() -> folder.put("missing-ca.yaml", good), 200, 500);
    change.make(() -> folder.put("missing-ca.yaml", caConfigMap("comes", "")), 500, 200);
    change.make(() -> folder.put("missing-ca.yaml", good), 200, 500);
    change.make(() -> folder.put("missing-ca.yaml", good.replace("ca.crt:", "ca.pem:")), 500, 200);
    change.make(() -> folder.put("missing-ca.yaml", good), 200, 500);
  }

  @Test
  void authorityInSecretCanBeRotatedToo() {
    Change change = change("secret.test");
    folder.put(
        "secret-policy.yaml",
        backendTls(
            "secret",
            "secret",
            trust("svc.example", "hidden").replace("kind: ConfigMap", "kind: Secret")));
    folder.put("secret-ca.yaml", Manifests.caSecret("hidden", one.certificatePem()));
    change.make(() -> folder.put("secret.yaml", tlsService("secret", serverOne)), 200, 404);
    change.make(
        () -> folder.put("secret-ca.yaml", Manifests.caSecret("hidden", two.certificatePem())),
        503,
        200);
  }

  @Test
  void changedHostnameIsVerifiedFromTheNextRequestOn() {
    Change change = change("renamed.test");
    String policy = backendTls("renamed", "renamed", trust("svc.example", "one"));
    folder.put("renamed-policy.yaml", policy);
    change.make(() -> folder.put("renamed.yaml", tlsService("renamed", serverOne)), 200, 404);
    change.make(
        () -> folder.put("renamed-policy.yaml", policy.replace("svc.example", "new.example")),
        503,
        200);
    change.make(() -> folder.put("renamed-policy.yaml", policy), 200, 503);
  }

  @Test
  void serverThatShowsAnotherCertificateOnItsNextConnectionIsRefused() {
    Change change = change("moved.test");
    folder.put("moved-policy.yaml", backendTls("moved", "moved", trust("svc.example", "one")));
    change.make(() -> folder.put("moved.yaml", tlsService("moved", serverOne)), 200, 404);
    change.make(() -> folder.put("moved.yaml", tlsService("moved", serverTwo)), 503, 200);
    change.make(() -> folder.put("moved.yaml", tlsService("moved", serverOne)), 200, 503);
  }

  @Test
  void sectionBeatsWholeServiceAndLeavesTheOtherPortsToIt() {
    folder.put(
        "section.yaml",
        service(NS, "section", "first:1", "second:2"),
        slice(NS, "section", "first", serverOne.port()),
        slice(NS, "section", "second", serverTwo.port()),
        backendTls("section-whole", "section", trust("svc.example", "one")),
        routeTo("section-first", "first.section.test", "section", 1));
    Change second = change("second.section.test");
    second.make(
        () ->
            folder.put(
                "section-second.yaml",
                routeTo("section-second", "second.section.test", "section", 2)),
        503,
        404);
    second.make(
        () ->
            folder.put(
                "section-policy.yaml",
                backendTls("section-second", "section/second", trust("svc.example", "two"))),
        200,
        503);
    assertThat(RawHttp.get(port, "first.section.test", "/").status()).isEqualTo(200);
    second.make(() -> folder.delete("section-policy.yaml"), 503, 200);
  }

  @Test
  void sectionPolicyLeavesTheOtherPortsInPlaintext() {
    folder.put(
        "partly.yaml",
        service(NS, "partly", "plain:1", "tls:2"),
        slice(NS, "partly", "plain", plain.port()),
        slice(NS, "partly", "tls", serverOne.port()),
        backendTls("partly", "partly/tls", trust("svc.example", "one")),
        routeTo("partly-plain", "plain.partly.test", "partly", 1));
    change("tls.partly.test")
        .make(
            () ->
                folder.put(
                    "partly-tls.yaml", routeTo("partly-tls", "tls.partly.test", "partly", 2)),
            200,
            404);
    assertThat(RawHttp.get(port, "plain.partly.test", "/").value("backend")).isEqualTo("plain");
  }

  @Test
  void sectionThatTheServiceLacksAttachesNowhere() {
    folder.put(
        "lacks-policy.yaml", backendTls("lacks", "lacks/nonsense", trust("svc.example", "one")));
    change("lacks.test")
        .make(
            () ->
                folder.put(
                    "lacks.yaml",
                    service(NS, "lacks", "plain:1"),
                    slice(NS, "lacks", "plain", plain.port()),
                    routeTo("lacks", "lacks.test", "lacks", 1)),
            200,
            404);
  }

  private static String aged(String year, String policy) {
    return policy.replace(
        "metadata:\n", "metadata:\n  creationTimestamp: \"" + year + "-01-01T00:00:00Z\"\n");
  }

  @Test
  void ofTwoPoliciesOnOnePortTheOlderAndThenTheFirstNameWins() {
    Change change = change("conflict.test");
    folder.put(
        "conflict-b.yaml",
        aged("2022", backendTls("conflict-b", "conflict", trust("svc.example", "two"))));
    change.make(() -> folder.put("conflict.yaml", tlsService("conflict", serverOne)), 503, 404);
    String winner = aged("2022", backendTls("conflict-a", "conflict", trust("svc.example", "one")));
    change.make(() -> folder.put("conflict-a.yaml", winner), 200, 503);
    awaitStatus("Conflicted");
    String oldest = aged("2020", backendTls("conflict-c", "conflict", trust("svc.example", "two")));
    change.make(() -> folder.put("conflict-c.yaml", oldest), 503, 200);
    change.make(() -> folder.delete("conflict-c.yaml"), 200, 503);
    change.make(() -> folder.delete("conflict-a.yaml"), 503, 200);
  }

  @Test
  void winningPolicyThatIsInvalidFailsClosedThoughAnotherIsValid() {
    Change change = change("shut.test");
    folder.put("shut-b.yaml", backendTls("shut-b", "shut", trust("svc.example", "one")));
    change.make(() -> folder.put("shut.yaml", tlsService("shut", serverOne)), 200, 404);
    change.make(
        () -> folder.put("shut-a.yaml", backendTls("shut-a", "shut", trust("svc.example", "none"))),
        500,
        200);
    awaitStatus("NoValidCACertificate");
    change.make(() -> folder.delete("shut-a.yaml"), 200, 500);
  }

  /// Traffic changes first; the statuses are published when all of it has.
  private static void awaitStatus(String reason) {
    Awaitility.await("the status says so")
        .untilAsserted(() -> assertThat(postern.admin("/status")).contains(reason));
  }

  @Test
  void policyOnServiceThatDoesNotExistHurtsNobodyAndWaitsForIt() {
    folder.put("early-policy.yaml", backendTls("early", "early", trust("svc.example", "one")));
    Change change = change("early.test");
    change.make(
        () -> folder.put("early-route.yaml", routeTo("early", "early.test", "early", 443)),
        500,
        404);
    change.make(
        () ->
            folder.put(
                "early.yaml",
                service(NS, "early", "tls:443"),
                slice(NS, "early", "tls", serverOne.port())),
        200,
        500);
  }

  @Test
  void policyNeverLetsPlaintextThroughToAServerThatWouldTakeIt() {
    Change change = change("strict.test");
    folder.put("strict-policy.yaml", backendTls("strict", "strict", trust("svc.example", "one")));
    change.make(() -> folder.put("strict.yaml", tlsService("strict", plain)), 503, 404);
    assertThat(plain.exchanges())
        .noneMatch(exchange -> exchange.value("host").equals("strict.test"));
    change.make(() -> folder.delete("strict-policy.yaml"), 200, 503);
    change.make(
        () ->
            folder.put(
                "strict-policy.yaml", backendTls("strict", "strict", trust("svc.example", "one"))),
        503,
        200);
  }
}
