package dev.postern.gatewayapi.resource;

import dev.postern.gatewayapi.resource.BackendConnectionPolicy.HealthCheck;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.LoadBalancing;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.OutlierDetection;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// gateway.kgateway.dev BackendConfigPolicy, as far as it is honoured.
///
/// @param targetSelectors besides targetRefs
/// @param refusal why the object is refused, where this only [#standsIn] for it
public record BackendConfigPolicy(
    Metadata metadata,
    String version,
    Origin origin,
    List<TargetRef> targetRefs,
    List<Selector> targetSelectors,
    Optional<Duration> connectTimeout,
    Optional<Duration> idleTimeout,
    Optional<Integer> maxConnections,
    Optional<Integer> maxPendingRequests,
    Optional<Integer> maxRequests,
    Optional<Tls> tls,
    Optional<LoadBalancing> loadBalancing,
    Optional<HealthCheck> healthCheck,
    Optional<OutlierDetection> outlierDetection,
    Optional<String> refusal)
    implements Resource {

  public BackendConfigPolicy {
    targetRefs = List.copyOf(targetRefs);
    targetSelectors = List.copyOf(targetSelectors);
  }

  /// spec.targetSelectors[]: the objects of a kind that have these labels.
  public record Selector(Kind kind, Map<String, String> matchLabels) {
    public Selector {
      matchLabels = Map.copyOf(matchLabels);
    }
  }

  /// spec.tls.
  ///
  /// @param files whether certificates are files of the proxy's pod
  /// @param oneWay whether the Secret's own certificate is not for the backend
  public record Tls(
      Optional<String> secret,
      boolean files,
      boolean insecureSkipVerify,
      Optional<String> wellKnownCaCertificates,
      Optional<String> sni,
      List<String> verifySubjectAltNames,
      boolean oneWay,
      TlsLimits limits) {
    public Tls {
      verifySubjectAltNames = List.copyOf(verifySubjectAltNames);
    }
  }

  @Override
  public Kind kind() {
    return Kind.BACKEND_CONFIG_POLICY;
  }
}
