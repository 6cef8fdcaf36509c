package dev.postern.gatewayapi.migrate;

/// Names that no controller since 0.21 looks at, where an author may still think that they count.
final class LegacyFamily {
  private LegacyFamily() {}

  static void convert(Location at) {
    legacy(at, "secure-backends", "HTTPS");
    legacy(at, "grpc-backend", "GRPC");
    at.different(
        "secure-verify-ca-secret",
        "nothing: no controller since 0.21 looked at it, and the backend is not verified. Write"
            + " proxy-ssl-secret and proxy-ssl-verify if it should be");
  }

  private static void legacy(Location at, String name, String protocol) {
    if (at.isTrue(name) && !at.value("backend-protocol").equalsIgnoreCase(protocol)) {
      at.different(
          name,
          "nothing: no controller since 0.21 looked at it. If the backend speaks "
              + protocol
              + ", write backend-protocol: "
              + protocol
              + " and migrate again");
    } else {
      at.same(name, "nothing: no controller since 0.21 looked at it");
    }
  }

  /// Whether the name is of a family that went before 0.21.
  static boolean isDead(String name) {
    return name.startsWith("secure-") || name.startsWith("influxdb-");
  }
}
