package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.postern.ir.Cluster;
import dev.postern.ir.ForwardOptions;
import dev.postern.ir.ForwardOptions.SessionPersistence;
import dev.postern.ir.HealthCheck;
import dev.postern.ir.Ir;
import dev.postern.ir.LbPolicy;
import dev.postern.ir.OutlierDetection;
import dev.postern.stats.StatStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadBalancingTest {
  private final StatStore stats = new StatStore(2);
  private final EmbeddedProxy proxy =
      new EmbeddedProxy(new ProxyOptions(2, Optional.empty()), stats);
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
  private HttpServer one;
  private HttpServer two;
  private OneRoute route;

  @BeforeEach
  void start() throws IOException {
    one = backend();
    two = backend();
    route = OneRoute.to(port(one), port(two));
  }

  @AfterEach
  void stop() {
    proxy.close();
    one.stop(0);
    two.stop(0);
    client.close();
  }

  @Test
  void roundRobinGivesEachTheSame() throws Exception {
    apply(new LbPolicy.RoundRobin(), Optional.empty(), ForwardOptions.NONE);
    int ofOne = 0;
    for (int i = 0; i < 20; i++) {
      ofOne += ask("x", "y").body().equals(port(one) + "") ? 1 : 0;
    }
    assertThat(ofOne).isEqualTo(10);
  }

  @Test
  void requestsWithTheSameHeaderGoToTheSameEndpoint() throws Exception {
    apply(
        new LbPolicy.ConsistentHash(new LbPolicy.HashOn.Header("x-user")),
        Optional.empty(),
        ForwardOptions.NONE);
    Set<String> used = new HashSet<>();
    for (int user = 0; user < 30; user++) {
      String first = ask("x-user", "u" + user).body();
      assertThat(ask("x-user", "u" + user).body()).isEqualTo(first);
      used.add(first);
    }
    assertThat(used).hasSize(2);
  }

  @Test
  void anEndpointThatFailsItsChecksGetsNothingAndReturnsWhenWell() throws Exception {
    statuses.put(port(one), 500);
    HealthCheck check =
        new HealthCheck(
            Duration.ofMillis(20),
            Duration.ofSeconds(2),
            2,
            2,
            new HealthCheck.Checker.Http("", "/health", List.of()));
    apply(LbPolicy.DEFAULT, Optional.of(check), ForwardOptions.NONE);
    await("membership_healthy", 1);
    for (int i = 0; i < 20; i++) {
      assertThat(ask("x", "y").body()).isEqualTo(port(two) + "");
    }
    statuses.put(port(one), 200);
    await("membership_healthy", 2);
    assertThat(numbers().get("health_check.failure")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void anEndpointThatAnswersWith5xxIsLeftOut() throws Exception {
    statuses.put(port(one), 500);
    apply(LbPolicy.DEFAULT, Optional.empty(), ForwardOptions.NONE);
    while (numbers().get("outlier_detection.ejections_active") == 0) {
      ask("x", "y");
    }
    for (int i = 0; i < 20; i++) {
      assertThat(ask("x", "y").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aSessionStaysWhereItBegan() throws Exception {
    SessionPersistence cookie =
        new SessionPersistence(
            "sid",
            SessionPersistence.Carrier.COOKIE,
            Optional.empty(),
            Optional.empty(),
            false,
            "/app");
    ForwardOptions none = ForwardOptions.NONE;
    apply(
        LbPolicy.DEFAULT,
        Optional.empty(),
        new ForwardOptions(
            none.timeout(),
            none.perTryTimeout(),
            none.retryPolicy(),
            none.hostRewrite(),
            none.pathRewrite(),
            none.mirrors(),
            Optional.of(cookie)));
    HttpResponse<String> first = ask("x", "y");
    String set = first.headers().firstValue("set-cookie").orElseThrow();
    assertThat(set).startsWith("sid=").contains("; Path=/app", "; HttpOnly").doesNotContain("Age");
    String token = set.substring(0, set.indexOf(';'));
    for (int i = 0; i < 20; i++) {
      HttpResponse<String> next = ask("cookie", "a=b; " + token);
      assertThat(next.body()).isEqualTo(first.body());
      assertThat(next.headers().firstValue("set-cookie")).isEmpty();
    }
    HttpServer gone = first.body().equals(port(one) + "") ? one : two;
    HttpServer other = gone.equals(one) ? two : one;
    gone.stop(0);
    HttpResponse<String> moved = ask("cookie", token);
    assertThat(moved.body()).isEqualTo(port(other) + "");
    assertThat(moved.headers().firstValue("set-cookie")).isPresent();
  }

  private void apply(LbPolicy policy, Optional<HealthCheck> check, ForwardOptions options) {
    Ir plain = route.with(options).ir();
    Cluster c = plain.clusters().get("c");
    Cluster cluster =
        new Cluster(
            c.name(),
            c.discovery(),
            c.protocol(),
            c.tls(),
            c.connectTimeout(),
            c.idleTimeout(),
            c.streamIdleTimeout(),
            c.circuitBreakers(),
            new OutlierDetection(3, 5, Duration.ofMinutes(1), 50),
            policy,
            check,
            Optional.empty());
    Map<String, dev.postern.ir.Listener> listeners = new java.util.HashMap<>();
    plain.listeners().values().forEach(l -> listeners.put(l.name(), l));
    Ir ir = Ir.of(listeners, Map.of("c", cluster), Map.of("c", plain.loadAssignments().get("c")));
    assertThat(proxy.apply(ir).listenerErrors()).isEmpty();
  }

  private HttpResponse<String> ask(String name, String value) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + route.port() + "/");
    return client.send(
        HttpRequest.newBuilder(uri).header(name, value).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private Map<String, Long> numbers() {
    return stats.find("cluster.c").orElseThrow().numbers();
  }

  private void await(String stat, long value) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (numbers().get(stat) != value && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(numbers().get(stat)).isEqualTo(value);
  }

  private HttpServer backend() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = (port(server) + "").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(statuses.getOrDefault(port(server), 200), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static int port(HttpServer server) {
    return server.getAddress().getPort();
  }
}
