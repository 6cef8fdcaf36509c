package dev.postern.proxy.exchange;

import dev.postern.ir.ForwardOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The options of a route that say how often and how long a backend is tried.
final class Tries {
  private Tries() {}

  static ForwardOptions within(Duration timeout) {
    return ForwardOptions.NONE.withTimeout(Optional.of(timeout));
  }

  static ForwardOptions eachWithin(Duration perTry) {
    return options(Optional.of(perTry), Optional.empty());
  }

  static ForwardOptions eachWithin(Duration perTry, int attempts) {
    return options(Optional.of(perTry), Optional.of(policy(attempts)));
  }

  static ForwardOptions retrying(int attempts, Integer... statuses) {
    return options(Optional.empty(), Optional.of(policy(attempts, statuses)));
  }

  static ForwardOptions retryingAfter(Duration backoff, int attempts, Integer... statuses) {
    return options(
        Optional.empty(),
        Optional.of(
            new ForwardOptions.RetryPolicy(
                attempts, Arrays.asList(statuses), Optional.of(backoff))));
  }

  private static ForwardOptions.RetryPolicy policy(int attempts, Integer... statuses) {
    return new ForwardOptions.RetryPolicy(
        attempts, Arrays.asList(statuses), Optional.of(Duration.ofMillis(1)));
  }

  private static ForwardOptions options(
      Optional<Duration> perTry, Optional<ForwardOptions.RetryPolicy> policy) {
    return new ForwardOptions(
        Optional.empty(),
        perTry,
        policy,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }
}
