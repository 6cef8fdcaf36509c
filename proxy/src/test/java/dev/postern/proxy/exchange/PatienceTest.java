package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.ForwardOptions;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.worker.Timeouts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How long a request waits while nothing flows, where somebody says something about it.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PatienceTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final FastCgiOptions PHP =
      new FastCgiOptions(
          FastCgiOptions.Parameters.STANDARD,
          "/srv",
          Optional.empty(),
          "index.php",
          List.of(),
          List.of(),
          FastCgiOptions.DEFAULT_MAX_SPOOLED_OCTETS);
  private static final Timeouts IMPATIENT = new Timeouts(HOUR, HOUR, Duration.ofMillis(300));

  private final List<Gate> gates = new ArrayList<>();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answers = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Backend backend =
      new Backend((exchange, _) -> {
        asked.countDown();
        await(answers);
        Backend.say(exchange, 200, "at last");
      });

  PatienceTest() throws IOException {}

  @AfterEach
  void close() {
    answers.countDown();
    gates.forEach(Gate::close);
    backend.close();
    threads.shutdownNow();
  }

  @Test
  void aBackendOfWhichItIsSaidMayBeSilentForLonger() throws Exception {
    outlastsTheUsual(gate(IMPATIENT).streamIdle(HOUR).to(backend.port()), ForwardOptions.NONE);
  }

  @Test
  void zeroIsForEver() throws Exception {
    outlastsTheUsual(
        gate(IMPATIENT).streamIdle(Duration.ZERO).to(backend.port()), ForwardOptions.NONE);
  }

  @Test
  void aRouteThatAllowsARequestLongerMeansIt() throws Exception {
    outlastsTheUsual(gate(IMPATIENT).to(backend.port()), Tries.within(HOUR));
  }

  @Test
  void soDoesOneThatAllowsAnAttemptLonger() throws Exception {
    outlastsTheUsual(gate(IMPATIENT).to(backend.port()), Tries.eachWithin(HOUR));
  }

  @Test
  void aRouteWithoutAnEndWaitsForItsBackend() throws Exception {
    outlastsTheUsual(gate(IMPATIENT).to(backend.port()), Tries.within(Duration.ZERO));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3600})
  void butNotForAClientThatFallsSilent(long seconds) throws Exception {
    Gate gate =
        gate(IMPATIENT).to(backend.port()).forward(Tries.within(Duration.ofSeconds(seconds)));
    assertThat(halfARequest(gate)).startsWith("HTTP/1.1 408 ");
  }

  /// Of which the backend does not even know yet.
  @Test
  void norForOneWhoseBodyIsGatheredFirst() throws Exception {
    Gate gate =
        gate(IMPATIENT)
            .cluster("c", new UpstreamProtocol.FastCgi(PHP), backend.port())
            .forward(Tries.within(HOUR));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port)) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 408 ");
    }
    assertThat(gate.logged()).contains(" 408 SI ");
  }

  @Test
  void whatIsSaidOfTheBackendIsShorterThanTheRoutesToo() throws Exception {
    Gate gate =
        gate(new Timeouts(HOUR, HOUR, HOUR))
            .streamIdle(Duration.ofMillis(300))
            .to(backend.port())
            .forward(Tries.within(HOUR));
    Curl answer = Curl.get(gate, Curl.HTTP1, "/");
    assertThat(answer.status()).isEqualTo(504);
    assertThat(gate.logged()).contains(" 504 UT ").contains("the backend took too long");
    assertThat(halfARequest(gate)).startsWith("HTTP/1.1 408 ");
  }

  @Test
  void theTimeBetweenTwoAttemptsIsNoSilence() throws Exception {
    Duration longer = Duration.ofMillis(1200);
    try (Backend second = Backend.answering(503, 200)) {
      Gate gate = gate(IMPATIENT).to(second.port()).forward(Tries.retryingAfter(longer, 1, 503));
      assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(200);
    }
  }

  /// Whoever asks later and has only the usual time is told of its end while this one waits on.
  private void outlastsTheUsual(Gate patient, ForwardOptions options) throws Exception {
    patient.forward(options);
    Gate usual = gate(IMPATIENT).to(backend.port()).forward(ForwardOptions.NONE);
    CompletableFuture<Curl> waiting = ask(patient);
    await(asked);
    // Twice, as the two are not looked at in the same moment.
    assertThat(Curl.get(usual, Curl.HTTP1, "/").status()).isEqualTo(504);
    assertThat(Curl.get(usual, Curl.HTTP1, "/").status()).isEqualTo(504);
    answers.countDown();
    assertThat(waiting.get().body()).isEqualTo("at last");
    assertThat(waiting.get().status()).isEqualTo(200);
  }

  private CompletableFuture<Curl> ask(Gate gate) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Curl.get(gate, Curl.HTTP1, "/");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        threads);
  }

  private static String halfARequest(Gate gate) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port)) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private Gate gate(Timeouts timeouts) throws IOException {
    Gate gate = new Gate(timeouts);
    gates.add(gate);
    return gate;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
