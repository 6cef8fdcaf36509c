package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Optional;

/// discovery.k8s.io EndpointSlice. The label `kubernetes.io/service-name` says whose it is.
///
/// @param addressType `IPv4`, `IPv6` or `FQDN`
public record EndpointSlice(
    Metadata metadata,
    String version,
    Origin origin,
    String addressType,
    List<Endpoint> endpoints,
    List<Port> ports)
    implements Resource {

  /// The label that names the Service.
  public static final String SERVICE_NAME = "kubernetes.io/service-name";

  public EndpointSlice {
    endpoints = List.copyOf(endpoints);
    ports = List.copyOf(ports);
  }

  /// The Service's name; absent for a slice of nobody.
  public Optional<String> serviceName() {
    return Optional.ofNullable(metadata.labels().get(SERVICE_NAME));
  }

  /// endpoints[].
  ///
  /// @param ready not said counts as ready
  public record Endpoint(List<String> addresses, boolean ready) {
    public Endpoint {
      addresses = List.copyOf(addresses);
    }
  }

  /// ports[]. The name joins it with the Service's port of that name.
  ///
  /// @param port absent means all ports, which no route can use
  public record Port(String name, Optional<Integer> port, String protocol) {}

  @Override
  public Kind kind() {
    return Kind.ENDPOINT_SLICE;
  }
}
