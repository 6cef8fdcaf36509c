package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class HttpRoutePatienceIT {
  private static final Duration LIMIT = Duration.ofMillis(500);
  private static final Duration ANSWER = Duration.ofMillis(1000);

  @Upstream("HTTPRouteTimeoutRequest")
  void aRequestMayTakeItsTime(Case test) {
    limited(test);
  }

  @Upstream("HTTPRouteTimeoutBackendRequest")
  void aBackendMayTakeItsTime(Case test) {
    limited(test);
  }

  private static void limited(Case test) {
    test.get("/limited").reaches("one");
    test.get("/limited?delay=1000").answers(504);
    test.get("/unlimited?delay=1000").reaches("one");
    long start = System.nanoTime();
    assertThat(test.get("/limited?delay=1000").send().status()).isEqualTo(504);
    // Not before its time, and before the backend answers.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(LIMIT, ANSWER);
  }

  @Upstream("HTTPRouteRetry")
  void theListedCodesAreTriedAgain(Case test) {
    retried(test, "/three", 500, 2, 200, 3);
    retried(test, "/three", 500, 4, 500, 4);
    retried(test, "/three", 503, 2, 503, 1);
    for (int code : new int[] {500, 502, 503, 504}) {
      retried(test, "/two", code, 1, 200, 2);
      retried(test, "/two", code, 3, code, 3);
    }
  }

  /** A backend that fails so often, the answer to the client and the attempts that it took. */
  private static void retried(
      Case test, String path, int fails, int until, int status, int attempts) {
    Case.settles(() -> {
      String id = UUID.randomUUID().toString();
      String query = "?fail=%d&until=%d&id=%s".formatted(fails, until, id);
      assertThat(test.get(path + query).send().status()).isEqualTo(status);
      assertThat(test.backend("three").attempts(id)).isEqualTo(attempts);
    });
  }
}
