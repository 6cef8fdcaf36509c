package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.PathRewrite;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.WeightedBackend.Destination;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.http2backend.NettyH2Server;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.worker.Timeouts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Copies of requests: who gets them, and that the client does not notice.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MirrorTest {
  private static final UpstreamProtocol HTTP1 = new UpstreamProtocol.Http1();
  private static final String CHUNKED = "Transfer-Encoding: chunked";

  private final Backend backend = Backend.answering(200);
  private final Backend shadow = Backend.answering(500);
  private Gate gate = new Gate();

  MirrorTest() throws IOException {}

  @AfterEach
  void close() {
    gate.close();
    backend.close();
    shadow.close();
  }

  @ParameterizedTest
  @CsvSource({
    "--http1.1, X-A: b",
    "--http1.1, Transfer-Encoding: chunked",
    "--http2-prior-knowledge, X-A: b"
  })
  void aMirrorGetsWhatTheBackendGetsAndItsAnswerIsDiscarded(String version, String header)
      throws Exception {
    mirror(HTTP1, shadow.port());
    for (int i = 0; i < 2; i++) {
      Curl answer = Curl.get(gate, version, "/x?q", "-d", "some body", "-H", header);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).startsWith("attempt ");
    }
    Gate.await(() -> shadow.received.size() == 2);
    Backend.Received copy = shadow.received.getFirst();
    assertThat(copy.method()).isEqualTo("POST");
    assertThat(copy.target()).isEqualTo("/new?q");
    assertThat(copy.text()).isEqualTo("some body");
    assertThat(copy.headers()).isEqualTo(backend.received.getFirst().headers());
    Gate.await(() -> gate.count("m", ClusterStat.UPSTREAM_RQ_ACTIVE) == 0);
    assertThat(gate.count("m", ClusterStat.UPSTREAM_RQ_5XX)).isEqualTo(2);
    assertThat(gate.count("m", ClusterStat.UPSTREAM_CX_TOTAL)).isEqualTo(1);
    assertThat(gate.count("m", ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED)).isZero();
  }

  @Test
  void thereMayBeSeveralMirrorsInAnyProtocol() throws Exception {
    try (NettyH2Server http2 = new NettyH2Server()) {
      gate.cluster("h2", new UpstreamProtocol.Http2(), http2.port())
          .cluster("m", HTTP1, shadow.port())
          .to(backend.port())
          .forward(mirrors(one("h2", 1, 1), one("m", 1, 1)));
      for (String header : List.of("X-A: b", CHUNKED)) {
        assertThat(Curl.get(gate, Curl.HTTP1, "/", "-d", "body", "-H", header).status())
            .isEqualTo(200);
      }
      Gate.await(() -> http2.requests.get() == 2 && shadow.received.size() == 2);
      Gate.await(() -> gate.count("h2", ClusterStat.UPSTREAM_RQ_ACTIVE) == 0);
      assertThat(gate.count("h2", ClusterStat.UPSTREAM_RQ_2XX)).isEqualTo(2);
      assertThat(gate.count("h2", ClusterStat.UPSTREAM_RQ_RX_RESET)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void aMirrorThatIsDeadIsNotNoticed(String version) throws Exception {
    mirror(HTTP1, FreePort.next());
    assertThat(Curl.get(gate, version, "/", "-d", "body").status()).isEqualTo(200);
    assertThat(backend.received).hasSize(1);
    Gate.await(() -> gate.count("m", ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED) == 1);
    assertThat(gate.count("m", ClusterStat.UPSTREAM_RQ_TOTAL)).isEqualTo(1);
  }

  @Test
  void aMirrorWithoutAnEndpointIsNotNoticed() throws Exception {
    mirror(HTTP1);
    assertThat(Curl.get(gate, Curl.HTTP1, "/", "-d", "body").status()).isEqualTo(200);
    assertThat(gate.count("m", ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED)).isEqualTo(1);
  }

  @Test
  void aMirrorThatReadsNothingDoesNotSlowTheRequestDown(@TempDir Path folder) throws Exception {
    Path large = folder.resolve("large");
    Files.write(large, new byte[32 << 20]);
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      mirror(HTTP1, silent.getLocalPort());
      Curl answer = Curl.get(gate, Curl.HTTP1, "/", "--data-binary", "@" + large);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(backend.received.getFirst().body()).hasSize(32 << 20);
      assertThat(gate.count("m", ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED)).isEqualTo(1);
      assertThat(gate.count("m", ClusterStat.UPSTREAM_RQ_ACTIVE)).isZero();
    }
  }

  @Test
  void aMirrorThatNeverAnswersIsGivenUp() throws Exception {
    gate.close();
    gate =
        new Gate(
            new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(400)));
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      mirror(HTTP1, silent.getLocalPort());
      assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(200);
      Gate.await(() -> gate.count("m", ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED) == 1);
      assertThat(gate.count("m", ClusterStat.UPSTREAM_RQ_TIMEOUT)).isEqualTo(1);
      Gate.await(() -> gate.count("m", ClusterStat.UPSTREAM_RQ_ACTIVE) == 0);
    }
  }

  @ParameterizedTest(name = "{0} of {1}: {2} to {3} of 200")
  @CsvSource({"0, 100, 0, 0", "1, 4, 20, 80", "1, 1, 200, 200"})
  void aMirrorGetsItsShare(int numerator, int denominator, int least, int most) throws Exception {
    gate.cluster("m", HTTP1, shadow.port())
        .to(backend.port())
        .forward(mirrors(one("m", numerator, denominator)));
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gate.port + "/")).build();
      for (int i = 0; i < 200; i++) {
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
            .isEqualTo(200);
      }
    }
    assertThat(gate.count("m", ClusterStat.UPSTREAM_RQ_TOTAL)).isBetween((long) least, (long) most);
  }

  @Test
  void aBackendThatIsInvalidGetsNoCopies() throws Exception {
    gate.to(backend.port())
        .forward(mirrors(new ForwardOptions.RequestMirror(new Destination.Respond(500, ""), 1, 1)));
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(200);
  }

  private void mirror(UpstreamProtocol protocol, int... ports) {
    gate.cluster("m", protocol, ports).to(backend.port()).forward(mirrors(one("m", 1, 1)));
  }

  private static ForwardOptions.RequestMirror one(String cluster, int numerator, int denominator) {
    return new ForwardOptions.RequestMirror(
        new Destination.ToCluster(cluster), numerator, denominator);
  }

  private static ForwardOptions mirrors(ForwardOptions.RequestMirror... mirrors) {
    return new ForwardOptions(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(new PathRewrite.Full("/new")),
        Arrays.asList(mirrors),
        Optional.empty());
  }
}
