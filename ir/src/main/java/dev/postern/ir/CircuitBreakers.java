package dev.postern.ir;

/// Limits on what may be open towards a cluster at a time: over all event loops, give or take one
/// for each of them; those of [#DEFAULT] for each loop by itself.
///
/// @param maxConnections but always one for each loop and endpoint, as in Envoy
/// @param maxPendingRequests that wait for a connection
public record CircuitBreakers(int maxConnections, int maxPendingRequests, int maxRequests) {
  /// High enough to bound damage, not traffic (Envoy's default of 1024 is met by one busy client).
  public static final CircuitBreakers DEFAULT = new CircuitBreakers(16_384, 16_384, 65_536);
}
