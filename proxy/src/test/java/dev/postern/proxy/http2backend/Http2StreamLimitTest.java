package dev.postern.proxy.http2backend;

import static dev.postern.proxy.http2backend.FrameServer.ACK;
import static dev.postern.proxy.http2backend.FrameServer.HEADERS;
import static dev.postern.proxy.http2backend.FrameServer.PING;
import static dev.postern.proxy.http2backend.FrameServer.SETTINGS;
import static dev.postern.proxy.http2backend.Http2BackendTest.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.CircuitBreakers;
import dev.postern.proxy.http2backend.FrameServer.Connection;
import dev.postern.proxy.http2backend.FrameServer.Frame;
import dev.postern.proxy.http2backend.FrameServer.Script;
import dev.postern.proxy.stat.ClusterStat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How many requests go on a connection to a backend at a time, and who waits for how long where a
/// backend takes few of them (RFC 9113 5.1.2).
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Http2StreamLimitTest {
  private static final int REFUSED_STREAM = 7;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(client::shutdownNow));
  private final CountDownLatch called = new CountDownLatch(1);
  private final CountDownLatch answer = new CountDownLatch(1);
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    called.countDown();
    answer.countDown();
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 99, 100})
  void aBurstBeforeThereIsAnyConnectionGetsAllItsAnswers(int limit) throws Exception {
    Hop hop = hop(server(strict(limit)), CircuitBreakers.DEFAULT);
    List<CompletableFuture<HttpResponse<String>>> burst = burst(hop, 100);
    await(() -> hop.count(ClusterStat.UPSTREAM_RQ_TOTAL) >= 100);
    called.countDown();
    await(() -> accepted.get() == 100 || burst.stream().anyMatch(CompletableFuture::isDone));
    answer.countDown();
    assertThat(statuses(burst)).containsOnly(200);
    assertThat(refused).hasValue(0);
  }

  /// What the backend said before holds until it says something else.
  @Test
  void aBurstAfterTheConnectionsWereClosedGetsAllItsAnswers() throws Exception {
    called.countDown();
    AtomicInteger first = new AtomicInteger();
    Script strict = strict(10);
    FrameServer server =
        server(c -> {
          if (first.getAndIncrement() == 0) {
            c.hello(maxStreams(10));
            c.answer(c.request(), "first");
            c.end();
            c.rest();
          }
          strict.run(c);
        });
    Hop hop = hop(server, CircuitBreakers.DEFAULT);
    assertThat(get(hop).get().body()).isEqualTo("first");
    await(() -> hop.count(ClusterStat.UPSTREAM_CX_ACTIVE) == 0);
    List<CompletableFuture<HttpResponse<String>>> burst = burst(hop, 100);
    await(() -> accepted.get() == 100 || burst.stream().anyMatch(CompletableFuture::isDone));
    answer.countDown();
    assertThat(statuses(burst)).containsOnly(200);
    assertThat(refused).hasValue(0);
  }

  @Test
  void whereThereMayBeOneConnectionABurstGetsItsAnswersOneAfterTheOther() throws Exception {
    called.countDown();
    answer.countDown();
    FrameServer server = server(strict(2));
    Hop hop = hop(server, new CircuitBreakers(1, 1000, 1000));
    assertThat(statuses(burst(hop, 30))).containsOnly(200);
    assertThat(server.connections).hasValue(1);
    assertThat(refused).hasValue(0);
  }

  @Test
  void nobodyWaitsForEverForSettingsThatDoNotCome() throws Exception {
    Hop hop = hop(server(Connection::rest), CircuitBreakers.DEFAULT);
    for (var response : burst(hop, 5)) {
      assertThat(response.get().statusCode()).isEqualTo(503);
      assertThat(response.get().body()).endsWith("connection timeout");
    }
    await(() -> hop.count(ClusterStat.UPSTREAM_CX_ACTIVE) == 0);
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_PENDING_ACTIVE)).isZero();
  }

  @Test
  void allWhoWaitForABackendThatDoesNotSpeakHttp2AreToldSo() throws Exception {
    AtomicInteger greeted = new AtomicInteger();
    FrameServer server =
        server(c -> {
          greeted.incrementAndGet();
          called.await();
          c.raw("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".getBytes(US_ASCII));
          c.rest();
        });
    Hop hop = hop(server, CircuitBreakers.DEFAULT);
    List<CompletableFuture<HttpResponse<String>>> burst = burst(hop, 5);
    await(() -> hop.count(ClusterStat.UPSTREAM_RQ_TOTAL) == 5);
    called.countDown();
    assertThat(statuses(burst)).containsOnly(502);
    await(() -> hop.log.size() == 5);
    assertThat(hop.log).allMatch(line -> line.contains("does not speak HTTP/2"));
    assertThat(greeted).hasValue(1);
  }

  @Test
  void whoWaitsGoesOnWhenTheBackendTakesMoreThanItSaidAtFirst() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello(maxStreams(1));
          int first = c.request();
          called.await();
          c.frame(SETTINGS, 0, 0, maxStreams(3));
          int second = c.request();
          c.answer(second, "second");
          answer.await();
          c.answer(first, "first");
          c.rest();
        });
    Hop hop = hop(server, new CircuitBreakers(1, 100, 100));
    CompletableFuture<HttpResponse<String>> first = get(hop);
    await(() -> server.headersSeen() == 1);
    CompletableFuture<HttpResponse<String>> second = get(hop);
    await(() -> hop.count(ClusterStat.UPSTREAM_CX_OVERFLOW) == 1);
    called.countDown();
    assertThat(second.get(20, TimeUnit.SECONDS).body()).isEqualTo("second");
    answer.countDown();
    assertThat(first.get(20, TimeUnit.SECONDS).body()).isEqualTo("first");
    assertThat(server.connections).hasValue(1);
  }

  @Test
  void whoWaitsGoesOnWhenASilentBackendProvesToBeThere() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          c.answer(c.request(), "first");
          Frame ping = c.await(PING);
          called.await();
          c.frame(PING, ACK, 0, ping.payload());
          c.answer(c.request(), "alive");
          c.rest();
        });
    Hop hop =
        Hop.to(server.port())
            .breakers(new CircuitBreakers(1, 100, 100))
            .timeouts(Duration.ofMillis(1500))
            .apply();
    open.add(hop);
    assertThat(get(hop).get().body()).isEqualTo("first");
    assertThat(get(hop).get().statusCode()).isEqualTo(504);
    CompletableFuture<HttpResponse<String>> waiting = get(hop);
    await(() -> hop.count(ClusterStat.UPSTREAM_CX_OVERFLOW) == 1);
    called.countDown();
    assertThat(waiting.get(20, TimeUnit.SECONDS).body()).isEqualTo("alive");
  }

  /// Says how many streams it takes when it is called, refuses the others as grpc-go does, and
  /// answers when it may.
  private Script strict(int limit) {
    return c -> {
      called.await();
      c.hello(maxStreams(limit));
      AtomicInteger active = new AtomicInteger();
      while (true) {
        Frame frame = c.read();
        if (frame.type() != HEADERS) {
          continue;
        }
        if (active.incrementAndGet() > limit) {
          active.decrementAndGet();
          refused.incrementAndGet();
          c.reset(frame.stream(), REFUSED_STREAM);
        } else {
          accepted.incrementAndGet();
          Thread.ofVirtual().start(() -> answer(c, frame.stream(), active));
        }
      }
    };
  }

  private void answer(Connection connection, int stream, AtomicInteger active) {
    try {
      answer.await();
      // From the last octet on the proxy may use the place again.
      active.decrementAndGet();
      synchronized (active) {
        connection.answer(stream, "done");
      }
    } catch (IOException | InterruptedException e) {
      // The test is over.
    }
  }

  private static byte[] maxStreams(int limit) {
    return new byte[] {0, 3, 0, 0, 0, (byte) limit};
  }

  private FrameServer server(Script script) throws IOException {
    FrameServer server =
        new FrameServer(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), script);
    open.add(server);
    return server;
  }

  private Hop hop(FrameServer server, CircuitBreakers breakers) {
    Hop hop = Hop.to(server.port()).breakers(breakers).apply();
    open.add(hop);
    return hop;
  }

  private List<CompletableFuture<HttpResponse<String>>> burst(Hop hop, int size) {
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      all.add(get(hop));
    }
    return all;
  }

  private CompletableFuture<HttpResponse<String>> get(Hop hop) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create("http://localhost:" + hop.port + "/")).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static List<Integer> statuses(List<CompletableFuture<HttpResponse<String>>> all)
      throws Exception {
    List<Integer> statuses = new ArrayList<>();
    for (var one : all) {
      statuses.add(one.get(30, TimeUnit.SECONDS).statusCode());
    }
    return statuses;
  }
}
