package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Optional;

/// gateway.kgateway.dev Backend, as far as it is honoured.
///
/// @param hosts of `spec.static`
/// @param otherType the field that makes it a backend of another type, such as `aws`
public record KgatewayBackend(
    Metadata metadata,
    String version,
    Origin origin,
    List<Host> hosts,
    Optional<String> appProtocol,
    Optional<String> otherType)
    implements Resource {

  public KgatewayBackend {
    hosts = List.copyOf(hosts);
  }

  /// spec.static.hosts[].
  ///
  /// @param host an IP address or a host name
  public record Host(String host, int port) {}

  @Override
  public Kind kind() {
    return Kind.KGATEWAY_BACKEND;
  }
}
