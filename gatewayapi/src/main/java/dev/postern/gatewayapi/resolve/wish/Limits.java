package dev.postern.gatewayapi.resolve.wish;

import dev.postern.ir.CircuitBreakers;
import java.util.Optional;

/// Limits of which some are said.
final class Limits {
  private Limits() {}

  /// Absent where nothing is said.
  static Optional<CircuitBreakers> of(
      Optional<Integer> connections, Optional<Integer> pending, Optional<Integer> requests) {
    CircuitBreakers usual = CircuitBreakers.DEFAULT;
    CircuitBreakers limits =
        new CircuitBreakers(
            connections.orElse(usual.maxConnections()),
            pending.orElse(usual.maxPendingRequests()),
            requests.orElse(usual.maxRequests()));
    return connections.isEmpty() && pending.isEmpty() && requests.isEmpty()
        ? Optional.empty()
        : Optional.of(limits);
  }
}
