package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Optional;

/// core Service.
///
/// @param type `ClusterIP` (the default), `NodePort`, `LoadBalancer` or `ExternalName`
/// @param externalName for `ExternalName`
/// @param sessionAffinity whether its own address keeps a client at an endpoint by the client's
///   address
public record Service(
    Metadata metadata,
    String version,
    Origin origin,
    String type,
    Optional<String> externalName,
    boolean sessionAffinity,
    List<Port> ports)
    implements Resource {

  public Service {
    ports = List.copyOf(ports);
  }

  /// spec.ports[].
  ///
  /// @param name empty where there is but one port without a name
  /// @param protocol `TCP` (the default), `UDP` or `SCTP`
  public record Port(String name, int port, String protocol, Optional<String> appProtocol) {}

  @Override
  public Kind kind() {
    return Kind.SERVICE;
  }
}
