package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.stat.ClusterStat;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How long a route waits.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RequestTimeoutTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  /// Enough for a response to begin, on a busy machine too.
  private static final Duration BEGINNING = Duration.ofSeconds(2);

  private static final Duration LONG = Duration.ofSeconds(20);

  private final Gate gate = new Gate();
  private Backend backend = Backend.answering(Backend.NEVER);

  RequestTimeoutTest() throws IOException {}

  @AfterEach
  void close() {
    gate.close();
    backend.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void aRequestThatTakesTooLongGetsA504(String version) throws Exception {
    gate.to(backend.port()).forward(Tries.within(SHORT));
    long start = System.nanoTime();
    Curl answer = Curl.get(gate, version, "/");
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.body()).isEqualTo("upstream request timeout");
    assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), LONG.toNanos());
    assertThat(gate.logged()).contains(" 504 UT ");
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_TIMEOUT)).isEqualTo(1);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_ACTIVE)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void aResponseThatHasBegunIsCutOff(String version) throws Exception {
    beginsOnly();
    gate.to(backend.port()).forward(Tries.within(BEGINNING));
    Curl answer = Curl.get(gate, version, "/");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("begun");
    assertThat(answer.exit()).isNotZero();
    assertThat(gate.logged()).contains(" 200 UT ");
  }

  @Test
  void aQuickRequestIsNotTouchedAndTheConnectionServesOn() throws Exception {
    backend.close();
    backend = Backend.answering(200);
    gate.to(backend.port()).forward(Tries.within(LONG));
    for (int i = 0; i < 3; i++) {
      assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(200);
    }
    assertThat(gate.count(ClusterStat.UPSTREAM_CX_TOTAL)).isEqualTo(1);
  }

  @Test
  void aClientThatSendsItsBodyTooSlowlyGetsA504() throws Exception {
    gate.to(backend.port()).forward(Tries.within(SHORT));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 504 ");
    }
  }

  /// Nobody's request goes to an endpoint less because of them.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clientsThatAreTooSlowEjectNoEndpoint(boolean each) throws Exception {
    try (Backend other = Backend.answering(Backend.NEVER)) {
      gate.to(backend.port(), other.port())
          .forward(each ? Tries.eachWithin(SHORT) : Tries.within(SHORT));
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port);
        slow.add(socket);
        socket.setSoTimeout(10_000);
        socket
            .getOutputStream()
            .write(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"
                    .getBytes(StandardCharsets.US_ASCII));
      }
      for (Socket socket : slow) {
        try (socket) {
          byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 504".length());
          assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 504");
        }
      }
      assertThat(gate.count(ClusterStat.OUTLIER_EJECTIONS_ENFORCED_TOTAL)).isZero();
    }
  }

  @Test
  void endpointsThatAreTooSlowAreEjected() throws Exception {
    try (Backend other = Backend.answering(Backend.NEVER)) {
      gate.to(backend.port(), other.port()).forward(Tries.within(SHORT));
      for (int i = 0; i < 10; i++) {
        assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(504);
      }
      assertThat(gate.count(ClusterStat.OUTLIER_EJECTIONS_ENFORCED_TOTAL)).isPositive();
    }
  }

  @Test
  void anAttemptThatTakesTooLongGetsA504WithoutAPolicy() throws Exception {
    gate.to(backend.port()).forward(Tries.eachWithin(SHORT));
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(504);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_PER_TRY_TIMEOUT)).isEqualTo(1);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_TIMEOUT)).isZero();
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_TX_RESET)).isEqualTo(1);
    assertThat(backend.received).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void anAttemptThatTakesTooLongIsRepeatedWithItsBody(String version) throws Exception {
    backend.close();
    backend = Backend.answering(Backend.NEVER, 200);
    gate.to(backend.port()).forward(Tries.eachWithin(SHORT, 1));
    Curl answer = Curl.get(gate, version, "/", "-d", "all of it");
    assertThat(answer.body()).isEqualTo("attempt 2");
    assertThat(backend.received)
        .extracting(Backend.Received::text)
        .containsExactly("all of it", "all of it");
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_RETRY_SUCCESS)).isEqualTo(1);
  }

  @Test
  void allAttemptsMayTakeTooLong() throws Exception {
    gate.to(backend.port()).forward(Tries.eachWithin(SHORT, 2));
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(504);
    assertThat(backend.received).hasSize(3);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_PER_TRY_TIMEOUT)).isEqualTo(3);
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_ACTIVE)).isZero();
  }

  @Test
  void aResponseThatHasBegunIsNotRepeated() throws Exception {
    beginsOnly();
    gate.to(backend.port()).forward(Tries.eachWithin(BEGINNING, 3));
    assertThat(Curl.get(gate, Curl.HTTP1, "/").body()).isEqualTo("begun");
    assertThat(backend.received).hasSize(1);
  }

  private void beginsOnly() throws IOException {
    backend.close();
    Backend[] self = new Backend[1];
    self[0] =
        new Backend((exchange, _) -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("begun".getBytes(StandardCharsets.US_ASCII));
          exchange.getResponseBody().flush();
          self[0].untilEnd();
        });
    backend = self[0];
  }
}
