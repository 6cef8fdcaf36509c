package dev.postern.gatewayapi.migrate;

/// What a person may choose.
///
/// @param gatewayNamespace of the Gateway that is made
/// @param grpcRoute whether gRPC backends get GRPCRoutes, which take no other requests
public record MigrationOptions(
    Target target, String gatewayNamespace, String gatewayName, boolean grpcRoute) {
  public static final MigrationOptions USUAL =
      new MigrationOptions(Target.POSTERN, "default", "nginx", false);
}
