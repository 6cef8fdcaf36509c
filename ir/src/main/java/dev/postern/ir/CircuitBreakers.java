package dev.postern.ir;

/// Limits on what one event loop may have open towards a cluster at a time.
public record CircuitBreakers(int maxConnections, int maxPendingRequests, int maxRequests) {
  /// High enough to bound damage, not traffic (Envoy's default of 1024 is met by one busy client).
  public static final CircuitBreakers DEFAULT = new CircuitBreakers(16_384, 16_384, 65_536);
}
