package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.Cluster;
import dev.postern.ir.ForwardOptions;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.stat.ClusterStat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which attempts are repeated, and how often.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RetryTest {
  private final Gate gate = new Gate();
  private Backend backend = Backend.answering(200);

  RetryTest() throws IOException {}

  @AfterEach
  void close() {
    gate.close();
    backend.close();
  }

  @ParameterizedTest(name = "{0}, {1}: {2} answers of 503, then 200")
  @CsvSource({
    // attempts, failures, requests at the backend, status
    "--http1.1, 0, 1, 1, 503",
    "--http1.1, 1, 1, 2, 200",
    "--http1.1, 3, 1, 2, 200",
    "--http1.1, 3, 3, 4, 200",
    "--http1.1, 3, 9, 4, 503",
    "--http2-prior-knowledge, 2, 2, 3, 200",
    "--http2-prior-knowledge, 2, 9, 3, 503",
  })
  void aStatusOfThePolicyIsRepeatedSoOften(
      String version, int attempts, int failures, int requests, int status) throws Exception {
    int[] answers = new int[failures + 1];
    Arrays.fill(answers, 503);
    answers[failures] = 200;
    use(Backend.answering(answers), Tries.retrying(attempts, 500, 503));
    Curl answer = Curl.get(gate, version, "/", "-d", "body");
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo("attempt " + requests);
    assertThat(backend.received).extracting(Backend.Received::text).containsOnly("body");
    assertThat(backend.received).hasSize(requests);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_RETRY)).isEqualTo(requests - 1);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_RETRY_SUCCESS)).isEqualTo(status == 200 ? 1 : 0);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_ACTIVE)).isZero();
    assertThat(gate.logged()).contains(requests > 1 && status == 503 ? " 503 URX " : " " + status);
  }

  @Test
  void anotherStatusIsPassedOn() throws Exception {
    use(Backend.answering(502, 200), Tries.retrying(3, 500, 503));
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(502);
    assertThat(backend.received).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void aConnectionThatIsClosedIsRepeated(String version) throws Exception {
    use(Backend.answering(Backend.CLOSE, 200), Tries.retrying(1));
    assertThat(Curl.get(gate, version, "/", "-d", "x").body()).isEqualTo("attempt 2");
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_RX_RESET)).isEqualTo(1);
  }

  @Test
  void aConnectionThatIsClosedIsNotRepeatedWithoutAPolicy() throws Exception {
    use(Backend.answering(Backend.CLOSE, 200), ForwardOptions.NONE);
    assertThat(Curl.get(gate, Curl.HTTP1, "/", "-d", "x").status()).isEqualTo(503);
    assertThat(backend.received).hasSize(1);
  }

  @Test
  void noAttemptsMeansNoneAlsoWhereNoConnectionCouldBeMade() throws Exception {
    gate.to(FreePort.next()).forward(Tries.retrying(0, 503));
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(503);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_TOTAL)).isEqualTo(1);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_RETRY_LIMIT_EXCEEDED)).isZero();
  }

  @Test
  void aConnectionThatCannotBeMadeIsTriedAsOftenAsThePolicySays() throws Exception {
    gate.to(FreePort.next()).forward(Tries.retrying(4));
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(503);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_TOTAL)).isEqualTo(5);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_RETRY_LIMIT_EXCEEDED)).isEqualTo(1);
  }

  @Test
  void anotherEndpointIsTakenIfThereIsOne() throws Exception {
    try (Backend other = Backend.answering(200)) {
      backend.close();
      backend = Backend.answering(500);
      gate.to(backend.port(), other.port()).forward(Tries.retrying(1, 500));
      for (int i = 0; i < 20; i++) {
        assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void anAttemptWaitsAtLeastAsLongAsTheRouteSaysAndThenLonger() throws Exception {
    Duration backoff = Duration.ofMillis(150);
    use(Backend.answering(500, 500, 200), Tries.retryingAfter(backoff, 2, 500));
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(200);
    long first = backend.received.get(0).atNanos();
    long second = backend.received.get(1).atNanos();
    long third = backend.received.get(2).atNanos();
    assertThat(second - first).isGreaterThanOrEqualTo(backoff.toNanos());
    assertThat(third - second).isGreaterThanOrEqualTo(2 * backoff.toNanos());
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_RETRY_BACKOFF_EXPONENTIAL)).isEqualTo(2);
  }

  @Test
  void aBodyThatIsTooLongToBeKeptIsNotRepeated() throws Exception {
    use(Backend.answering(500, 200), Tries.retrying(3, 500));
    String large = "x".repeat(100_000);
    assertThat(Curl.get(gate, Curl.HTTP1, "/", "-d", large).status()).isEqualTo(500);
    assertThat(backend.received).hasSize(1);
    assertThat(backend.received.getFirst().body()).hasSize(100_000);
  }

  @Test
  void aBodyThatIsStillComingIsRepeatedToItsEnd() throws Exception {
    try (ImpatientBackend impatient = new ImpatientBackend()) {
      gate.to(impatient.port()).forward(Tries.retrying(1, 503));
      assertThat(impatient.postSlowly(gate.port)).startsWith("HTTP/1.1 200 ").endsWith("abcdef");
    }
  }

  @Test
  void aBudgetThatIsSpentMeans503() throws Exception {
    gate.budget(new Cluster.RetryBudget(20, Duration.ofMinutes(5), 1, Duration.ofMinutes(5)));
    use(Backend.answering(500), Tries.retrying(3, 500));
    for (int i = 0; i < 10; i++) {
      assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(503);
    }
    // A fifth of ten, where the one that is always allowed came before its share.
    assertThat(backend.received).hasSizeBetween(11, 13);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_RETRY_OVERFLOW)).isPositive();
  }

  @Test
  void aBudgetThatIsSpentMeans503WhateverTheBackendSaid() throws Exception {
    gate.budget(new Cluster.RetryBudget(0, Duration.ofMinutes(5), 0, Duration.ofMinutes(5)));
    try (ServerSocket raving = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      gate.to(raving.getLocalPort()).forward(Tries.retrying(3, 500));
      var asked = Curl.later(gate, "/");
      try (Socket connection = raving.accept()) {
        assertThat(connection.getInputStream().read()).isEqualTo('G');
        connection
            .getOutputStream()
            .write("This is no HTTP.\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(asked.get().status()).isEqualTo(503);
      }
    }
    assertThat(gate.logged()).contains(" 503 UO ");
    assertThat(gate.count(ClusterStat.UPSTREAM_CX_PROTOCOL_ERROR)).isEqualTo(1);
  }

  @Test
  void whatAnEndpointDidThatWasReplacedMeanwhileGoesToItsSuccessor() throws Exception {
    try (LeavingServer leaving = new LeavingServer()) {
      gate.to(leaving.port()).forward(ForwardOptions.NONE);
      var asked = Curl.later(gate, "/first");
      leaving.answer();
      assertThat(asked.get().status()).isEqualTo(200);
      asked = Curl.later(gate, "/second");
      leaving.hangUp(() -> gate.to(backend.port()).forward(ForwardOptions.NONE));
      assertThat(asked.get().body()).isEqualTo("attempt 1");
      assertThat(backend.received).extracting(Backend.Received::target).containsExactly("/second");
    }
  }

  private void use(Backend other, ForwardOptions options) {
    backend.close();
    backend = other;
    gate.to(backend.port()).forward(options);
  }
}
