package dev.postern.gatewayapi.resource;

import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// gateway.networking.x-k8s.io XBackendTrafficPolicy (GEP-3388, GEP-1619).
///
/// @param targetRefs without sections
public record BackendTrafficPolicy(
    Metadata metadata,
    String version,
    Origin origin,
    List<TargetRef> targetRefs,
    Optional<RetryConstraint> retryConstraint,
    Optional<SessionPersistence> sessionPersistence)
    implements Resource {

  public BackendTrafficPolicy {
    targetRefs = List.copyOf(targetRefs);
  }

  /// spec.retryConstraint.
  ///
  /// @param percent 0 to 100, of the requests within `interval`
  /// @param minRetries may be repeated whatever the share, within `minInterval`
  public record RetryConstraint(
      int percent, Duration interval, int minRetries, Duration minInterval) {}

  @Override
  public Kind kind() {
    return Kind.X_BACKEND_TRAFFIC_POLICY;
  }
}
