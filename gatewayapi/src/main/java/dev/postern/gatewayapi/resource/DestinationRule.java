package dev.postern.gatewayapi.resource;

import dev.postern.gatewayapi.resource.BackendConnectionPolicy.LoadBalancing;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.OutlierDetection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// networking.istio.io DestinationRule, v1, v1beta1 and v1alpha3 alike, as far as it is honoured.
///
/// @param host as written
/// @param workloads whether it is for the sidecars of some workloads alone
/// @param exportTo the namespaces whose clients it is for; empty for all
/// @param refusal why the object is refused, where this only [#standsIn] for it
public record DestinationRule(
    Metadata metadata,
    String version,
    Origin origin,
    String host,
    boolean workloads,
    List<String> exportTo,
    Optional<TrafficPolicy> trafficPolicy,
    List<PortPolicy> portLevelSettings,
    Optional<String> refusal)
    implements Resource {

  public DestinationRule {
    exportTo = List.copyOf(exportTo);
    portLevelSettings = List.copyOf(portLevelSettings);
  }

  /// Whether it is for clients of all namespaces.
  public boolean exportedToAll() {
    return exportTo.isEmpty() || exportTo.contains("*");
  }

  /// Whether it is for clients of that namespace.
  public boolean exportedTo(String namespace) {
    return exportedToAll()
        || exportTo.contains(namespace)
        || (exportTo.contains(".") && namespace.equals(metadata.namespace()));
  }

  /// Whether it is for clients of its own namespace alone.
  public boolean keptAtHome() {
    return !exportTo.isEmpty()
        && exportTo.stream().allMatch(to -> to.equals(".") || to.equals(metadata.namespace()));
  }

  /// spec.trafficPolicy, or one of its portLevelSettings, which stands for the whole of it.
  ///
  /// @param http2 whether connections are upgraded to HTTP/2
  public record TrafficPolicy(
      Optional<Tls> tls,
      boolean http2,
      Optional<Duration> connectTimeout,
      Optional<Duration> idleTimeout,
      Optional<Integer> maxConnections,
      Optional<Integer> maxPendingRequests,
      Optional<Integer> maxRequests,
      Optional<LoadBalancing> loadBalancing,
      Optional<OutlierDetection> outlierDetection) {}

  /// spec.trafficPolicy.portLevelSettings[].
  public record PortPolicy(int port, TrafficPolicy policy) {}

  /// tls.
  ///
  /// @param mode `DISABLE` (the default), `SIMPLE`, `MUTUAL` or `ISTIO_MUTUAL`
  /// @param files the fields that name files of the proxy's pod
  public record Tls(
      String mode,
      Optional<String> credentialName,
      List<String> files,
      Optional<String> sni,
      List<String> subjectAltNames,
      boolean insecureSkipVerify) {
    public Tls {
      files = List.copyOf(files);
      subjectAltNames = List.copyOf(subjectAltNames);
    }
  }

  @Override
  public Kind kind() {
    return Kind.DESTINATION_RULE;
  }
}
