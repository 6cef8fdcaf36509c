package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.resource.Kind;

/// References name few kinds over and over: they share the instances.
final class Kinds {
  private Kinds() {}

  static Kind of(String group, String kind) {
    return switch (kind) {
      case "Service" -> same(Kind.SERVICE, group, kind);
      case "Gateway" -> same(Kind.GATEWAY, group, kind);
      case "Secret" -> same(Kind.SECRET, group, kind);
      case "ConfigMap" -> same(Kind.CONFIG_MAP, group, kind);
      case "GRPCRoute" -> same(Kind.GRPC_ROUTE, group, kind);
      case "HTTPRoute" -> same(Kind.HTTP_ROUTE, group, kind);
      default -> new Kind(group, kind);
    };
  }

  private static Kind same(Kind shared, String group, String kind) {
    return shared.group().equals(group) ? shared : new Kind(group, kind);
  }
}
