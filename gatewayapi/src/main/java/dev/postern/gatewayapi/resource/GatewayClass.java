package dev.postern.gatewayapi.resource;

import java.util.Optional;

/// gateway.networking.k8s.io GatewayClass.
public record GatewayClass(
    Metadata metadata,
    String version,
    Origin origin,
    String controllerName,
    Optional<LocalParametersRef> parametersRef)
    implements Resource {

  /// Our own controllerName.
  public static final String CONTROLLER = "postern.dev/gateway-controller";

  /// A reference to configuration of the class or the Gateway.
  public record LocalParametersRef(Kind kind, String name) {}

  @Override
  public Kind kind() {
    return Kind.GATEWAY_CLASS;
  }
}
