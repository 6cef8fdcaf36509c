package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.connectionPolicy;
import static dev.postern.e2e.fixture.Manifests.route;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of a Service's endpoints gets a request, where manifests say more than the usual. */
class EndpointsIT {
  @TempDir static Path temp;

  private static final AtomicBoolean leftIsIll = new AtomicBoolean();
  private static final AtomicBoolean failing = new AtomicBoolean();

  private static HttpBackend left;
  private static HttpBackend right;
  private static PosternProcess postern;
  private static int port;

  @BeforeAll
  static void start() {
    port = Ports.free();
    left = backend("left", leftIsIll);
    right = backend("right", new AtomicBoolean());
    ManifestFolder folder = new ManifestFolder(temp);
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(Manifests.httpListener("http", port)));
    folder.put("cookie.yaml", served("cookie", "  sessionPersistence: {sessionName: sid}\n"));
    folder.put(
        "header.yaml",
        served("header", "  sessionPersistence: {type: Header, sessionName: X-Session}\n"));
    folder.put(
        "policy.yaml", served("policy", ""), trafficPolicy("policy", "sessionPersistence: {}"));
    folder.put(
        "budget.yaml",
        served("budget", "  retry: {codes: [500], attempts: 1}\n"),
        trafficPolicy(
            "budget",
            "retryConstraint: {budget: {percent: 0, interval: 1h},"
                + " minRetryRate: {count: 2, interval: 1h}}"));
    folder.put(
        "checked.yaml",
        served("checked", ""),
        connectionPolicy(
            "checked",
            "checked",
            "healthCheck: {type: HTTP, interval: 100ms, http: {path: /health}}\n"));
    folder.put(
        "round.yaml",
        served("round", ""),
        connectionPolicy("round", "round", "loadBalancing: {policy: RoundRobin}\n"));
    folder.put(
        "hashed.yaml",
        served("hashed", ""),
        connectionPolicy(
            "hashed",
            "hashed",
            "loadBalancing: {policy: ConsistentHash, hashOn: {type: Header, name: X-User}}\n"));
    postern = PosternProcess.serving(folder);
  }

  @AfterAll
  static void stop() {
    postern.assertNoStackTrace();
    postern.close();
    left.close();
    right.close();
  }

  private static HttpBackend backend(String name, AtomicBoolean ill) {
    return HttpBackend.handling(
        name,
        exchange -> {
          boolean health = exchange.target().equals("/health");
          boolean fails = health ? ill.get() : failing.get() && exchange.target().equals("/fails");
          exchange.respond(fails ? 500 : 200, name);
        });
  }

  private static String served(String name, String ofRule) {
    String host = name + ".test";
    return Manifests.documents(
        service(NS, name, "http:80"),
        slice(NS, name, "http", left.port()),
        slice(NS, name, "http", right.port()),
        route(name, host, "- backendRefs:\n  - name: %s\n    port: 80\n".formatted(name) + ofRule));
  }

  private static String trafficPolicy(String service, String spec) {
    return """
    apiVersion: gateway.networking.x-k8s.io/v1alpha1
    kind: XBackendTrafficPolicy
    metadata: {name: %s}
    spec:
      targetRefs: [{group: "", kind: Service, name: %s}]
      %s
    """
        .formatted(service, service, spec);
  }

  private static RawResponse ask(String name, String... fields) {
    return RawHttp.get(port, name + ".test", "/", fields);
  }

  private static void assertStays(String name, String first, String field) {
    for (int i = 0; i < 12; i++) {
      assertThat(ask(name, field).text()).isEqualTo(first);
    }
  }

  private static String cookie(RawResponse response) {
    return "Cookie: " + response.value("set-cookie").split(";", 2)[0];
  }

  @Test
  void aCookieKeepsASessionWhereItBegan() {
    RawResponse first = ask("cookie");
    assertThat(first.value("set-cookie")).startsWith("sid=").contains("; Path=/;");
    assertStays("cookie", first.text(), cookie(first));
  }

  @Test
  void aHeaderKeepsASessionWhereItBegan() {
    RawResponse first = ask("header");
    assertStays("header", first.text(), "X-Session: " + first.value("x-session"));
  }

  @Test
  void aPolicyOnTheBackendKeepsSessionsToo() {
    RawResponse first = ask("policy");
    assertThat(first.value("set-cookie")).startsWith("postern-session-");
    assertStays("policy", first.text(), cookie(first));
  }

  @Test
  void retriesEndWithTheBudget() {
    failing.set(true);
    try {
      for (int i = 0; i < 6; i++) {
        assertThat(RawHttp.get(port, "budget.test", "/fails").status())
            .isEqualTo(i < 2 ? 500 : 503);
      }
      assertThat(postern.clusterStat("budget", 80, "upstream_rq_retry")).isEqualTo(2);
      assertThat(postern.clusterStat("budget", 80, "upstream_rq_retry_overflow")).isEqualTo(4);
    } finally {
      failing.set(false);
    }
  }

  @Test
  void anEndpointThatFailsItsChecksGetsNothingUntilItIsWell() {
    leftIsIll.set(true);
    awaitHealthy(1);
    for (int i = 0; i < 12; i++) {
      assertThat(ask("checked").text()).isEqualTo("right");
    }
    leftIsIll.set(false);
    awaitHealthy(2);
  }

  private static void awaitHealthy(long endpoints) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> postern.clusterStat("checked", 80, "membership_healthy") == endpoints);
  }

  @Test
  void roundRobinGivesBothTheSame() {
    int lefts = 0;
    for (int i = 0; i < 20; i++) {
      lefts += ask("round").text().equals("left") ? 1 : 0;
    }
    // each event loop goes round by itself
    assertThat(lefts).isBetween(8, 12);
  }

  @Test
  void requestsOfOneUserGoToOneEndpoint() {
    Set<String> used = new HashSet<>();
    for (int user = 0; user < 24; user++) {
      String first = ask("hashed", "X-User: u" + user).text();
      assertThat(ask("hashed", "X-User: u" + user).text()).isEqualTo(first);
      used.add(first);
    }
    assertThat(used).containsExactlyInAnyOrder("left", "right");
  }
}
