package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.BackendConfigPolicy;
import java.util.Comparator;
import java.util.Optional;

/// The annotation by which one of kgateway's policies goes before others (kgateway, "Policy
/// priority during merging"): the highest first, then the oldest. Without it the weight is 0.
final class PolicyWeight {
  static final String ANNOTATION = "kgateway.dev/policy-weight";

  static final Comparator<BackendConfigPolicy> ORDER =
      Comparator.comparing(BackendConfigPolicy::standsIn)
          .thenComparing(Comparator.comparingLong(PolicyWeight::of).reversed())
          .thenComparing(Age.OLDEST_FIRST);

  private PolicyWeight() {}

  private static long of(BackendConfigPolicy policy) {
    return said(policy).flatMap(PolicyWeight::number).orElse(0L);
  }

  /// What is said and is no weight.
  static Optional<String> unreadable(BackendConfigPolicy policy) {
    return said(policy).filter(text -> number(text).isEmpty());
  }

  private static Optional<String> said(BackendConfigPolicy policy) {
    return Optional.ofNullable(policy.metadata().annotations().get(ANNOTATION));
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
