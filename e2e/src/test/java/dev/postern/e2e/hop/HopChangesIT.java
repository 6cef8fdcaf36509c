package dev.postern.e2e.hop;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.connectionPolicy;
import static dev.postern.e2e.fixture.Manifests.grpcRouteTo;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static dev.postern.e2e.fixture.Manifests.tlsSecret;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.GrpcClient;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Peers;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Under steady load client certificates are rotated and protocols changed, and no request fails.
 *
 * <p>Every backend survives what is done to it: it takes both client certificates, or both versions
 * of HTTP.
 */
class HopChangesIT {
  private static final Duration LENGTH = Duration.ofSeconds(15);
  private static final Duration BETWEEN_CHANGES = Duration.ofMillis(150);
  private static final String BACKEND = "backend.example";

  /** Backends that ask for the Gateway's client certificate or their policy's. */
  private static final List<String> MUTUAL =
      List.of("gateway-http1", "gateway-http2", "policy-http1", "policy-http2");

  /** Backends whose protocol is changed, in plaintext and over TLS. */
  private static final List<String> CHANGING = List.of("plain", "tls", "by-policy");

  @TempDir Path temp;

  private final Certificates authority = Certificates.authority("Authority");
  private final Certificates clientsAuthority = Certificates.authority("Clients");
  private final List<Certificates> clients =
      List.of(clientsAuthority.clientLeaf("one"), clientsAuthority.clientLeaf("two"));
  private final int port = Ports.free();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Map<String, Set<String>> seen = new ConcurrentHashMap<>();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong changes = new AtomicLong();
  private volatile boolean running = true;
  private ManifestFolder folder;

  @Test
  void rotatedClientCertificatesAndChangedProtocolsFailNoRequest() throws Exception {
    folder = new ManifestFolder(temp.resolve("manifests"));
    try (Peers peers = new Peers(temp.resolve("peers"))) {
      write(peers);
      peers.start();
      try (PosternProcess postern = PosternProcess.serving(folder, "--access-log", "off")) {
        warmUp();
        try (ExecutorService load = Executors.newVirtualThreadPerTaskExecutor();
            ScheduledExecutorService changer = Executors.newSingleThreadScheduledExecutor()) {
          for (String host : MUTUAL) {
            load.submit(() -> keepAsking(host, "client="));
          }
          for (String host : CHANGING) {
            load.submit(() -> keepAsking(host, "proto="));
            load.submit(() -> keepAsking(host, "proto="));
          }
          load.submit(this::keepCalling);
          changer.scheduleAtFixedRate(
              this::change, 300, BETWEEN_CHANGES.toMillis(), TimeUnit.MILLISECONDS);
          LockSupport.parkNanos(LENGTH.toNanos());
          changer.shutdown();
          assertThat(changer.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
          running = false;
        }
        System.out.printf(
            "hop changes: %d requests during %d changes, %d failed%n",
            requests.get(), changes.get(), failures.size());
        assertThat(failures).as("failed requests; %s", postern).isEmpty();
        assertThat(requests.get()).isGreaterThan(LENGTH.toSeconds() * 20);
        assertThat(changes.get()).isGreaterThan(LENGTH.toSeconds() * 3);
        assertTheChangesReachedTheTraffic();
        theLastChangeHolds();
        postern.assertNoStackTrace();
      }
    }
  }

  private void assertTheChangesReachedTheTraffic() {
    for (String host : MUTUAL) {
      assertThat(seen.get(host)).as(host).containsExactlyInAnyOrder("client=one", "client=two");
    }
    for (String host : CHANGING) {
      assertThat(seen.get(host))
          .as(host)
          .containsExactlyInAnyOrder("proto=HTTP/1.1", "proto=HTTP/2.0");
    }
    assertThat(seen.get("grpc")).containsExactlyInAnyOrder("client=one", "client=two");
  }

  /** After a rotation nobody sees the old certificate for longer than a moment. */
  private void theLastChangeHolds() {
    for (int last = 0; last < 2; last++) {
      rotate(last);
      String wanted = "client=" + (last == 0 ? "one" : "two");
      for (String host : MUTUAL) {
        Supplier<String> ask = () -> line(RawHttp.get(port, host + ".test", "/"), "client=");
        Awaitility.await(host).untilAsserted(() -> assertThat(ask.get()).isEqualTo(wanted));
        for (int i = 0; i < 20; i++) {
          assertThat(ask.get())
              .as("%s, after the first answer by %s", host, wanted)
              .isEqualTo(wanted);
        }
      }
    }
  }

  private void write(Peers peers) {
    Certificates leaf = authority.leafFor(BACKEND);
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(httpListener("http", port))
            .replace(
                "  listeners:\n",
                "  tls:\n    backend:\n      clientCertificateRef:\n        name: client\n"
                    + "  listeners:\n"),
        caConfigMap("ca", authority.certificatePem()));
    rotate(0);
    for (String name : MUTUAL) {
      String kind = name.substring(name.indexOf('-') + 1);
      int target = peers.add(kind, leaf, clientsAuthority);
      backend(name, target, "");
      folder.put(name + "-tls.yaml", backendTls(name, name, trust(BACKEND, "ca")));
      if (name.startsWith("policy")) {
        String tls = "tls:\n  clientCertificateRef:\n    name: client\n";
        folder.put(name + "-policy.yaml", connectionPolicy(name, name, tls));
      }
    }
    int grpc = peers.add("grpc", leaf, clientsAuthority);
    folder.put(
        "grpc.yaml",
        service(NS, "grpc", "p:80"),
        slice(NS, "grpc", "p", grpc),
        backendTls("grpc", "grpc", trust(BACKEND, "ca")),
        grpcRouteTo("grpc", "grpc.test", "grpc", 80));
    backend("plain", peers.add("http"), ":http");
    backend("tls", peers.add("http", leaf), ":http");
    folder.put("tls-tls.yaml", backendTls("tls", "tls", trust(BACKEND, "ca")));
    backend("by-policy", peers.add("http"), "");
    folder.put("by-policy-policy.yaml", byPolicy(0));
  }

  private void backend(String name, int target, String hint) {
    folder.put(name + "-service.yaml", service(NS, name, "p:80" + hint));
    folder.put(name + "-slice.yaml", slice(NS, name, "p", target));
    folder.put(name + "-route.yaml", routeTo(name, name + ".test", name, 80));
  }

  private static String byPolicy(long round) {
    String protocol = round % 2 == 0 ? "HTTP11" : "HTTP2";
    return connectionPolicy("by-policy", "by-policy", "protocol: " + protocol + "\n");
  }

  private void rotate(long round) {
    Certificates client = clients.get((int) (round % 2));
    folder.put(
        "client.yaml",
        tlsSecret("infra", "client", client.chainPem(), client.keyPem()),
        tlsSecret(NS, "client", client.chainPem(), client.keyPem()));
  }

  private void change() {
    long number = changes.incrementAndGet();
    long round = number / 4;
    String hint = round % 2 == 0 ? ":http" : ":kubernetes.io/h2c";
    switch ((int) (number % 4)) {
      case 0 -> rotate(round);
      case 1 -> folder.put("plain-service.yaml", service(NS, "plain", "p:80" + hint));
      case 2 -> folder.put("tls-service.yaml", service(NS, "tls", "p:80" + hint));
      default -> folder.put("by-policy-policy.yaml", byPolicy(round));
    }
  }

  /** The first handshakes of both sides take their time, which says nothing about changes. */
  private void warmUp() {
    for (String host : MUTUAL) {
      assertThat(RawHttp.get(port, host + ".test", "/").status()).as(host).isEqualTo(200);
    }
    for (String host : CHANGING) {
      assertThat(RawHttp.get(port, host + ".test", "/").status()).as(host).isEqualTo(200);
    }
  }

  private void keepAsking(String host, String line) {
    try (RawHttp client = RawHttp.connect(port)) {
      while (running) {
        client.send(RawHttp.requestHead("GET", host + ".test", "/"));
        RawResponse response = client.response("GET");
        requests.incrementAndGet();
        if (response.status() != 200) {
          failures.add(host + ": " + response);
        }
        remember(host, line(response, line));
        LockSupport.parkNanos(1_000_000);
      }
    } catch (RuntimeException | AssertionError e) {
      failures.add(host + ": " + e);
    }
  }

  private void keepCalling() {
    try (GrpcClient client = new GrpcClient(port, "grpc.test")) {
      while (running) {
        String told = client.unary("Tell", "");
        requests.incrementAndGet();
        remember("grpc", told.lines().filter(l -> l.startsWith("client=")).findFirst().orElse(""));
        LockSupport.parkNanos(1_000_000);
      }
    } catch (RuntimeException e) {
      failures.add("grpc: " + e);
    }
  }

  private void remember(String host, String line) {
    seen.computeIfAbsent(host, h -> ConcurrentHashMap.newKeySet()).add(line);
  }

  private static String line(RawResponse response, String start) {
    return response.text().lines().filter(l -> l.startsWith(start)).findFirst().orElse("");
  }
}
