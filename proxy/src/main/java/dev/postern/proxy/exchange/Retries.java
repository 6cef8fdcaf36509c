package dev.postern.proxy.exchange;

import dev.postern.ir.ForwardOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// A [ForwardOptions.RetryPolicy] made ready (GEP-1731): which attempts are repeated, and when.
final class Retries {
  /// Envoy's base interval, where the route names none.
  private static final long BASE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  /// The wait doubles so often.
  private static final int MOST_DOUBLINGS = 3;

  private final int attempts;
  private final boolean[] statuses = new boolean[600];
  private final long backoffNanos;

  private Retries(ForwardOptions.RetryPolicy policy) {
    attempts = policy.attempts();
    policy.statusCodes().stream()
        .filter(status -> status >= 200 && status < statuses.length)
        .forEach(status -> statuses[status] = true);
    backoffNanos = policy.backoff().map(Duration::toNanos).orElse(0L);
  }

  static Retries of(ForwardOptions.RetryPolicy policy) {
    return new Retries(policy);
  }

  /// How many attempts may follow the first.
  int attempts() {
    return attempts;
  }

  /// Whether a response of that status is not passed on, while another attempt is left.
  boolean covers(int status) {
    return status < statuses.length && statuses[status];
  }

  /// How long to wait after so many attempts: at least what the route says, twice that after the
  /// next, with a random part so that requests which failed together do not come back together.
  long delayNanos(int made, RandomGenerator random) {
    int doublings = Math.min(Math.max(made - 1, 0), MOST_DOUBLINGS);
    return backoffNanos > 0
        ? (backoffNanos << doublings) + random.nextLong(backoffNanos / 2 + 1)
        : random.nextLong(BASE_NANOS << doublings);
  }
}
