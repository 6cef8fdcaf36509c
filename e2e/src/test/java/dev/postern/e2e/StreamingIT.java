package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Exchange;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large bodies flow at the pace of the slower side; requests avoid the slow and the dead. */
class StreamingIT {
  private static final int SIZE = 64 << 20;

  /** What the kernel may hold between the two ends, and a proxy's own share. */
  private static final long IN_FLIGHT = 24L << 20;

  @TempDir static Path temp;

  private static final AtomicLong sent = new AtomicLong();
  private static final AtomicLong received = new AtomicLong();
  private static volatile CountDownLatch mayRead = new CountDownLatch(0);
  private static HttpBackend plain;
  private static HttpBackend tls;
  private static HttpBackend fast;
  private static HttpBackend slow;
  private static PosternProcess postern;
  private static int port;

  @BeforeAll
  static void start() {
    port = Ports.free();
    Certificates authority = Certificates.authority("Streams");
    plain = HttpBackend.handling("plain", StreamingIT::stream);
    tls = HttpBackend.handling("tls", authority.leafFor("tls.example"), StreamingIT::stream);
    fast = HttpBackend.echo("fast");
    slow =
        HttpBackend.handling(
            "slow",
            exchange -> {
              TimeUnit.MILLISECONDS.sleep(100);
              exchange.respond(200, "slow", "Backend: slow");
            });
    ManifestFolder folder =
        new ManifestFolder(temp)
            .put(
                "all.yaml",
                Manifests.gatewayClass(),
                Manifests.gateway(Manifests.httpListener("http", port)),
                backend("plain", plain.port()),
                routeTo("plain", "plain.test", "plain", 80),
                backend("tls", tls.port()),
                caConfigMap("ca", authority.certificatePem()),
                backendTls("tls", "tls", trust("tls.example", "ca")),
                routeTo("tls", "tls.test", "tls", 80))
            .put(
                "choice.yaml",
                service(NS, "choice", "web:80"),
                slice(NS, "choice", "web", fast.port()),
                slice(NS, "choice", "web", slow.port()),
                routeTo("choice", "choice.test", "choice", 80),
                service(NS, "half-dead", "web:80"),
                slice(NS, "half-dead", "web", fast.port()),
                slice(NS, "half-dead", "web", Ports.free()),
                slice(NS, "half-dead", "web", Ports.free()),
                routeTo("half-dead", "half-dead.test", "half-dead", 80));
    postern = PosternProcess.serving(folder);
  }

  @AfterAll
  static void stop() {
    postern.assertNoStackTrace();
    postern.close();
    plain.close();
    tls.close();
    fast.close();
    slow.close();
  }

  private static void stream(Exchange exchange) throws IOException, InterruptedException {
    if (exchange.target().equals("/down")) {
      exchange.write("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
      for (int at = 0; at < SIZE; at += BLOCK.length) {
        exchange.out().write(BLOCK);
        sent.addAndGet(BLOCK.length);
      }
      exchange.out().flush();
    } else {
      CRC32 sum = new CRC32();
      mayRead.await();
      byte[] buffer = new byte[65_536];
      for (long left = Long.parseLong(exchange.value("content-length")); left > 0; ) {
        int n = exchange.in().read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          return;
        }
        sum.update(buffer, 0, n);
        received.addAndGet(n);
        left -= n;
      }
      exchange.respond(200, Long.toHexString(sum.getValue()));
    }
  }

  private static final byte[] BLOCK = block();

  private static byte[] block() {
    byte[] block = new byte[65_536];
    for (int i = 0; i < block.length; i++) {
      block[i] = (byte) (i * 31 + i / 256);
    }
    return block;
  }

  private static String sumOfBlocks() {
    CRC32 sum = new CRC32();
    for (int at = 0; at < SIZE; at += BLOCK.length) {
      sum.update(BLOCK);
    }
    return Long.toHexString(sum.getValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain.test", "tls.test"})
  void downloadWaitsForAClientThatReadsSlowly(String host) throws IOException {
    RawHttp.request(port, "POST", host, "/warm-up", "Content-Length: 0");
    sent.set(0);
    long before = postern.residentBytes();
    try (RawHttp client = RawHttp.connect(port, 65_536)) {
      client.send(RawHttp.requestHead("GET", host, "/down"));
      awaitStandstill(sent);
      assertThat(sent.get()).as("sent by the backend, read by nobody").isLessThan(IN_FLIGHT);
      assertThat(postern.residentBytes() - before).as("memory").isLessThan(100L << 20);
      CRC32 sum = new CRC32();
      skipHead(client.input());
      byte[] buffer = new byte[65_536];
      long left = SIZE;
      while (left > 0) {
        int n = client.input().read(buffer, 0, (int) Math.min(buffer.length, left));
        assertThat(n).as("bytes, of which %d are missing", left).isPositive();
        sum.update(buffer, 0, n);
        left -= n;
      }
      assertThat(Long.toHexString(sum.getValue())).isEqualTo(sumOfBlocks());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain.test", "tls.test"})
  void uploadWaitsForABackendThatReadsSlowly(String host) throws Exception {
    RawHttp.request(port, "POST", host, "/warm-up", "Content-Length: 0");
    mayRead = new CountDownLatch(1);
    AtomicLong written = new AtomicLong();
    try (RawHttp client = RawHttp.connect(port);
        ExecutorService background = Executors.newVirtualThreadPerTaskExecutor()) {
      client.send(RawHttp.requestHead("POST", host, "/up", "Content-Length: " + SIZE));
      Future<?> upload =
          background.submit(() -> {
            for (int at = 0; at < SIZE; at += BLOCK.length) {
              client.send(BLOCK);
              written.addAndGet(BLOCK.length);
            }
          });
      awaitStandstill(written);
      assertThat(written.get()).as("sent by the client, read by nobody").isLessThan(IN_FLIGHT);
      mayRead.countDown();
      upload.get(60, TimeUnit.SECONDS);
      RawResponse response = client.response("POST");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).isEqualTo(sumOfBlocks());
    } finally {
      mayRead.countDown();
    }
  }

  @Test
  void clientThatLeavesInTheMiddleFreesTheBackend() {
    sent.set(0);
    try (RawHttp client = RawHttp.connect(port, 65_536)) {
      client.send(RawHttp.requestHead("GET", "plain.test", "/down"));
      awaitStandstill(sent);
    }
    Awaitility.await("the abandoned request ends")
        .atMost(Duration.ofSeconds(20))
        .until(() -> postern.clusterStat("plain", 80, "upstream_rq_active") == 0);
    assertThat(postern.clusterStat("plain", 80, "upstream_cx_active")).isLessThanOrEqualTo(2);
  }

  /** Waits until a count has moved and then stood still for a while. */
  private static void awaitStandstill(AtomicLong count) {
    AtomicLong last = new AtomicLong(-1);
    Awaitility.await("the stream stands still")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(400))
        .until(() -> {
          long now = count.get();
          return now > 0 && last.getAndSet(now) == now;
        });
  }

  private static void skipHead(InputStream in) throws IOException {
    int matched = 0;
    while (matched < 4) {
      int next = in.read();
      if (next < 0) {
        throw new UncheckedIOException(new IOException("closed within the head"));
      }
      matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
    }
  }

  @Test
  void deadEndpointsCostNoRequest() {
    for (int i = 0; i < 200; i++) {
      assertThat(RawHttp.get(port, "half-dead.test", "/").status()).isEqualTo(200);
    }
    assertThat(postern.clusterStat("half-dead", 80, "upstream_cx_connect_fail")).isPositive();
  }

  @Test
  void slowEndpointGetsLess() throws Exception {
    int clients = 8;
    int each = 50;
    AtomicLong toFast = new AtomicLong();
    try (ExecutorService background = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < clients; i++) {
        background.submit(() -> {
          try (RawHttp client = RawHttp.connect(port)) {
            for (int k = 0; k < each; k++) {
              client.send(RawHttp.requestHead("GET", "choice.test", "/"));
              if (client.response("GET").value("backend").equals("fast")) {
                toFast.incrementAndGet();
              }
            }
          }
        });
      }
    }
    // Chance alone would give it half.
    assertThat(toFast.get()).isGreaterThan(clients * each * 6 / 10);
    assertThat(toFast.get()).isLessThan(clients * each);
  }
}
