package dev.postern.proxy.http2backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.CircuitBreakers;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.stat.ClusterStat;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// HTTP/2 to backends with prior knowledge: what arrives, and how connections are shared.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Http2BackendTest {
  private final NettyH2Server backend = new NettyH2Server();
  private final Hop hop = Hop.to(backend.port());
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void close() {
    client.close();
    hop.close();
    backend.close();
  }

  @Test
  void aRequestArrivesAsItIs() throws Exception {
    hop.apply();
    HttpResponse<String> response =
        client.send(
            request("/path?q=1").header("cookie", "a=1").header("te", "trailers").build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().map())
        .containsEntry("got-.method", List.of("GET"))
        .containsEntry("got-.path", List.of("/path?q=1"))
        .containsEntry("got-.scheme", List.of("http"))
        .containsEntry("got-.authority", List.of("localhost:" + hop.port))
        .containsEntry("got-cookie", List.of("a=1"))
        .containsEntry("got-te", List.of("trailers"))
        .doesNotContainKeys("got-connection", "got-host", "got-upgrade", "got-transfer-encoding");
    assertThat(hop.log.getFirst()).contains("HTTP/2 - ");
    assertThat(hop.count(ClusterStat.UPSTREAM_CX_HTTP2_TOTAL)).isEqualTo(1);
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_2XX)).isEqualTo(1);
  }

  @Test
  void bodiesPassThroughInBothDirections() throws Exception {
    hop.apply();
    byte[] body = new byte[5_000_000];
    new Random(1).nextBytes(body);
    HttpResponse<byte[]> response =
        client.send(
            request("/").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Arrays.equals(response.body(), body)).isTrue();
    assertThat(response.headers().map()).containsEntry("got-content-length", List.of("5000000"));
  }

  @Test
  void trailersInformationalResponsesHeadAndExpectPassThrough() throws Exception {
    hop.apply();
    String printed =
        talk(
            """
            POST /early HTTP/1.1\r
            host: a\r
            te: trailers\r
            connection: te\r
            transfer-encoding: chunked\r
            trailer: x-sum\r
            expect: 100-continue\r
            \r
            3\r
            abc\r
            0\r
            x-sum: 7\r
            \r
            HEAD / HTTP/1.1\r
            host: a\r
            connection: close\r
            \r
            """);
    assertThat(printed)
        .startsWith("HTTP/1.1 103")
        .contains("link: </a>")
        .contains("HTTP/1.1 100 Continue")
        .contains("3\r\nabc\r\n0\r\nx-end: here\r\ngot-x-sum: 7\r\n\r\nHTTP/1.1 200")
        .contains("content-length: 5")
        .endsWith("\r\n\r\n");
  }

  @Test
  void aBurstOfRequestsSharesOneConnection() throws Exception {
    hop.apply();
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      all.add(client.sendAsync(request("/" + i).build(), HttpResponse.BodyHandlers.ofString()));
    }
    for (var one : all) {
      assertThat(one.get().statusCode()).isEqualTo(200);
    }
    assertThat(backend.connections).hasValue(1);
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_PENDING_TOTAL)).isPositive();
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_PENDING_ACTIVE)).isZero();
  }

  @Test
  void h2loadGetsEveryAnswer() throws Exception {
    hop.apply();
    String printed =
        Programs.run("h2load", "-n3000", "-c4", "-m100", "http://127.0.0.1:" + hop.port + "/");
    assertThat(printed).contains("3000 succeeded, 0 failed, 0 errored, 0 timeout");
    assertThat(backend.connections.get()).isBetween(1, 8);
    assertThat(hop.count(ClusterStat.HTTP2_STREAMS_ACTIVE)).isZero();
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_ACTIVE)).isZero();
  }

  @Test
  void nghttpdIsUnderstood() throws Exception {
    int port = FreePort.next();
    Process nghttpd =
        new ProcessBuilder("nghttpd", "--no-tls", "-a127.0.0.1", "--echo-upload", "" + port)
            .redirectErrorStream(true)
            .start();
    try {
      await(() -> listens(port));
      hop.backends(port);
      byte[] body = new byte[1_000_000];
      HttpResponse<byte[]> response =
          client.send(
              request("/").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).hasSize(body.length);
      assertThat(
              client
                  .send(request("/no").build(), HttpResponse.BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(404);
    } finally {
      nghttpd.destroy();
    }
  }

  @Test
  void theBackendsLimitOnStreamsOpensAnotherConnection() throws Exception {
    try (NettyH2Server few = new NettyH2Server(new Http2Settings().maxConcurrentStreams(5), null)) {
      hop.backends(few.port());
      assertThat(
              client.send(request("/").build(), HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      List<CompletableFuture<?>> hanging = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        hanging.add(
            client.sendAsync(request("/hang").build(), HttpResponse.BodyHandlers.ofString()));
      }
      await(() -> few.active.get() == 12);
      assertThat(few.connections.get()).isBetween(3, 4);
      hanging.forEach(h -> h.cancel(true));
      await(() -> few.active.get() == 0);
    }
  }

  @Test
  void theCircuitBreakerHoldsForRequests() throws Exception {
    hop.breakers(new CircuitBreakers(1, 100, 3)).apply();
    List<CompletableFuture<?>> hanging = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      hanging.add(client.sendAsync(request("/hang").build(), HttpResponse.BodyHandlers.ofString()));
    }
    await(() -> backend.active.get() == 3);
    assertThat(client.send(request("/").build(), HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(503);
    assertThat(backend.connections).hasValue(1);
    hanging.forEach(h -> h.cancel(true));
  }

  @Test
  void aClientThatGoesAwayResetsItsStreamAlone() throws Exception {
    hop.apply();
    CompletableFuture<?> hanging =
        client.sendAsync(request("/hang").build(), HttpResponse.BodyHandlers.ofString());
    await(() -> backend.active.get() == 1);
    hanging.cancel(true);
    await(() -> backend.resets.contains(8L));
    assertThat(client.send(request("/").build(), HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
    assertThat(backend.connections).hasValue(1);
    assertThat(hop.count(ClusterStat.HTTP2_TX_RESET)).isEqualTo(1);
  }

  @Test
  void aClientThatDoesNotReadStopsTheBackendAndNobodyElse() throws Exception {
    hop.apply();
    try (Socket slow = new Socket("127.0.0.1", hop.port)) {
      slow.setReceiveBufferSize(64 * 1024);
      slow.getOutputStream()
          .write("GET /large/100 HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      await(() -> hop.count(ClusterStat.UPSTREAM_FLOW_CONTROL_PAUSED_READING) > 0);
      HttpResponse<byte[]> other =
          client.send(request("/large/5").build(), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(other.body()).hasSize(5 << 20);
      assertThat(hop.count(ClusterStat.UPSTREAM_CX_RX_BYTES_TOTAL))
          .as("of 100 MiB, beside 5 MiB for the other")
          .isLessThan(30 << 20);
      InputStream in = slow.getInputStream();
      byte[] some = new byte[1 << 16];
      long taken = 0;
      while (taken < 100L << 20) {
        int read = in.read(some);
        assertThat(read).isPositive();
        taken += read;
      }
    }
    assertThat(backend.connections).hasValue(1);
  }

  @Test
  void aChangedClusterGetsNewConnectionsAndTheOldOnesDrain() throws Exception {
    hop.apply();
    CompletableFuture<HttpResponse<String>> hanging =
        client.sendAsync(request("/hang").build(), HttpResponse.BodyHandlers.ofString());
    await(() -> backend.active.get() == 1);
    try (NettyH2Server next = new NettyH2Server()) {
      hop.backends(next.port());
      assertThat(
              client.send(request("/").build(), HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      assertThat(next.requests).hasValue(1);
      assertThat(backend.active).as("goes on").hasValue(1);
      hanging.cancel(true);
      await(() -> hop.count(ClusterStat.UPSTREAM_CX_ACTIVE) == 1);
    }
  }

  @Test
  void aBackendThatGoesAwayInOrderCostsNobodyARequest() throws Exception {
    hop.apply();
    for (int i = 0; i < 50; i++) {
      assertThat(
              client.send(request("/").build(), HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      backend.goAway();
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + hop.port + path));
  }

  private String talk(String octets) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", hop.port)) {
      socket.getOutputStream().write(octets.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
      Thread.yield();
    }
  }
}
