package dev.postern.gatewayapi.migrate;

import java.util.Optional;

/// What a person may choose.
///
/// @param gatewayNamespace of the Gateway that is made
/// @param grpcRoute whether gRPC backends get GRPCRoutes, which take no other requests
/// @param controllerConfigMap `namespace/name` of the controller's own; absent to look for it
public record MigrationOptions(
    Target target,
    String gatewayNamespace,
    String gatewayName,
    boolean grpcRoute,
    Optional<String> controllerConfigMap) {
  public static final MigrationOptions USUAL = of(Target.POSTERN, false);

  /// The usual Gateway.
  public static MigrationOptions of(Target target, boolean grpcRoute) {
    return new MigrationOptions(target, "default", "nginx", grpcRoute, Optional.empty());
  }
}
