package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.httpsListener;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static dev.postern.e2e.fixture.Manifests.tlsSecret;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import dev.postern.e2e.fixture.TlsOrPlainBackend;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything changes under steady load, and no request fails.
 *
 * <p>Every change is one that the traffic must survive: the backends speak TLS and plaintext on one
 * port, so that a policy may come and go; authorities overlap; endpoints are alive before they are
 * listed and after they are dropped.
 */
class ChurnIT {
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("postern.churn.seconds", 60));
  private static final Duration BETWEEN_CHANGES = Duration.ofMillis(120);
  private static final List<String> HOSTS =
      List.of("steady", "policy", "ca", "endpoints", "route", "service");

  @TempDir Path temp;

  private final Certificates old = Certificates.authority("Authority");
  private final Certificates next = Certificates.authority("Authority");
  private final Certificates front = Certificates.authority("Front");
  private final TlsOrPlainBackend one = new TlsOrPlainBackend("one", old.leafFor("svc.example"));
  private final TlsOrPlainBackend two = new TlsOrPlainBackend("two", old.leafFor("svc.example"));
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong changes = new AtomicLong();
  private final Random random = new Random(42);

  private ManifestFolder folder;
  private int port;
  private int tlsPort;
  private int extraPort;
  private volatile boolean running = true;

  @Test
  void changesOfEveryKindUnderLoadFailNoRequest() throws Exception {
    port = Ports.free();
    tlsPort = Ports.free();
    extraPort = Ports.free();
    folder = new ManifestFolder(temp);
    begin();
    try (one;
        two;
        PosternProcess postern = PosternProcess.serving(folder, "--access-log", "off")) {
      warmUp();
      try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
          ScheduledExecutorService changer = Executors.newSingleThreadScheduledExecutor()) {
        for (String host : HOSTS) {
          clients.submit(() -> keepAsking(host + ".test", Integer.MAX_VALUE));
          clients.submit(() -> keepAsking(host + ".test", 3));
        }
        clients.submit(this::keepAskingOverTls);
        clients.submit(this::keepAskingOverHttp2);
        changer.scheduleAtFixedRate(
            this::change, 500, BETWEEN_CHANGES.toMillis(), TimeUnit.MILLISECONDS);
        LockSupport.parkNanos(LENGTH.toNanos());
        changer.shutdown();
        assertThat(changer.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        running = false;
      }
      System.out.printf(
          "churn: %d requests on %d connections during %d changes, %d failed%n",
          requests.get(), connections.get(), changes.get(), failures.size());
      assertThat(failures).as("failed requests; %s", postern).isEmpty();
      assertThat(requests.get()).isGreaterThan(LENGTH.toSeconds() * 100);
      assertThat(changes.get()).isGreaterThan(LENGTH.toSeconds() * 3);
      // The changes did reach the traffic.
      assertThat(one.overTls()).isPositive();
      assertThat(two.overTls()).isPositive();
      assertThat(one.overPlaintext()).isPositive();
      postern.assertNoStackTrace();
      assertThat(postern.residentBytes()).as("memory").isLessThan(600L << 20);
    }
  }

  /** The first handshakes of both JVMs take their time, which says nothing about changes. */
  private void warmUp() {
    for (TlsOrPlainBackend backend : List.of(one, two)) {
      try (RawHttp client =
          RawHttp.connectTls(backend.port(), "svc.example", old.trustingContext())) {
        client.send(RawHttp.requestHead("GET", "svc.example", "/"));
        assertThat(client.response("GET").status()).isEqualTo(200);
      }
    }
    try (RawHttp client = RawHttp.connectTls(tlsPort, "localhost", front.trustingContext())) {
      client.send(RawHttp.requestHead("GET", "localhost", "/"));
      assertThat(client.response("GET").status()).isEqualTo(200);
    }
    for (String host : HOSTS) {
      assertThat(RawHttp.get(port, host + ".test", "/").status()).as(host).isEqualTo(200);
    }
  }

  private void begin() {
    folder.put("gateway.yaml", gateway(false));
    folder.put("front.yaml", secret());
    folder.put("ca.yaml", caConfigMap("ca", old.certificatePem()));
    for (String host : HOSTS) {
      folder.put(host + "-service.yaml", service(NS, host, "web:80"));
      folder.put(host + "-slice.yaml", slice(NS, host, "web", one.port()));
      folder.put(host + "-policy.yaml", policy(host));
      folder.put(host + "-route.yaml", routeTo(host, host + ".test", host, 80));
    }
    folder.put("local.yaml", routeTo("local", "localhost", "steady", 80));
  }

  private String gateway(boolean extra) {
    return Manifests.documents(
        Manifests.gatewayClass(),
        Manifests.gateway(
            httpListener("http", port),
            httpsListener("https", tlsPort, "", "front"),
            extra ? httpListener("extra", extraPort) : ""));
  }

  private String secret() {
    Certificates leaf = front.leafFor("localhost");
    return tlsSecret("infra", "front", leaf.chainPem(), leaf.keyPem());
  }

  private static String policy(String name) {
    return backendTls(name, name, trust("svc.example", "ca"));
  }

  private void change() {
    try {
      switch (random.nextInt(12)) {
        case 0, 1 -> folder.put("policy-policy.yaml", policy("policy"));
        case 2 -> {
          if (folder.path().resolve("policy-policy.yaml").toFile().exists()) {
            folder.delete("policy-policy.yaml");
          } else {
            folder.put("policy-policy.yaml", policy("policy").replace("io/v1\n", "io/v1alpha3\n"));
          }
        }
        case 3 -> folder.put("ca.yaml", caConfigMap("ca", old.certificatePem()));
        case 4 ->
            folder.put("ca.yaml", caConfigMap("ca", next.certificatePem() + old.certificatePem()));
        case 5 -> folder.put("endpoints-slice.yaml", slice(NS, "endpoints", "web", two.port()));
        case 6 ->
            folder.put(
                "endpoints-slice.yaml",
                slice(NS, "endpoints", "web", one.port()),
                slice(NS, "endpoints", "web", two.port()));
        case 7 -> folder.put("endpoints-slice.yaml", slice(NS, "endpoints", "web", one.port()));
        case 8 ->
            folder.put(
                "route-route.yaml",
                routeTo("route", "route.test", random.nextBoolean() ? "steady" : "route", 80));
        case 9 -> folder.put("front.yaml", secret());
        case 10 -> folder.put("gateway.yaml", gateway(random.nextBoolean()));
        default ->
            folder.put(
                "extra-" + random.nextInt(20) + ".yaml",
                routeTo("extra-" + random.nextInt(), "extra.test", "steady", 80),
                backendTls("zz-losing", "steady", trust("wrong.example", "ca")));
      }
      changes.incrementAndGet();
    } catch (RuntimeException e) {
      failures.add("change: " + e);
    }
  }

  /** One client with one request at a time, on connections of so many requests each. */
  private void keepAsking(String host, int perConnection) {
    while (running) {
      try (RawHttp client = RawHttp.connect(port)) {
        connections.incrementAndGet();
        for (int i = 0; running && i < perConnection; i++) {
          ask(client, host);
        }
      } catch (RuntimeException e) {
        failures.add(host + ": " + e);
      }
    }
  }

  private void ask(RawHttp client, String host) {
    client.send(RawHttp.requestHead("GET", host, "/"));
    RawResponse response = client.response("GET");
    requests.incrementAndGet();
    if (response.status() != 200) {
      failures.add(host + ": " + response);
    }
    pace();
  }

  private void keepAskingOverTls() {
    while (running) {
      try (RawHttp client =
          RawHttp.connectTls(tlsPort, "localhost", front.trustingContext(), "http/1.1")) {
        connections.incrementAndGet();
        for (int i = 0; running && i < 5; i++) {
          ask(client, "localhost");
        }
      } catch (RuntimeException e) {
        failures.add("tls: " + e);
      }
    }
  }

  private void keepAskingOverHttp2() {
    AtomicInteger consecutive = new AtomicInteger();
    try (HttpClient client =
        HttpClient.newBuilder()
            .sslContext(front.trustingContext())
            .connectTimeout(Duration.ofSeconds(10))
            .build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://localhost:" + tlsPort + "/"))
              .timeout(Duration.ofSeconds(30))
              .build();
      while (running && consecutive.get() < 10) {
        try {
          int status = client.send(request, BodyHandlers.ofString()).statusCode();
          requests.incrementAndGet();
          if (status != 200) {
            failures.add("h2: " + status);
          }
          consecutive.set(0);
        } catch (Exception e) {
          consecutive.incrementAndGet();
          failures.add("h2: " + e);
        }
        pace();
      }
    }
  }

  /** Steady load, not the most that the machine can do. */
  private static void pace() {
    LockSupport.parkNanos(2_000_000);
  }
}
