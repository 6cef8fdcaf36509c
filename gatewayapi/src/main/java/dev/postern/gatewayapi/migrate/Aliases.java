package dev.postern.gatewayapi.migrate;

/// server-alias: further hosts of the same routes.
final class Aliases {
  private Aliases() {}

  static void convert(Location at) {
    if (at.path.host().isEmpty()) {
      at.same("server-alias", "nothing, as all hosts are served");
      return;
    }
    for (String alias : at.value("server-alias").split("[,\\s]+", -1)) {
      if (alias.isEmpty()) {
        at.same("server-alias", "nothing, as it is empty");
      } else if (isHost(alias)) {
        at.aliases.add(alias);
        at.same("server-alias", "hostnames of the route");
      } else {
        at.lost(
            "server-alias",
            "no route has the host name '" + alias + "'",
            "write the hosts out, or a wildcard such as *.example.com");
      }
    }
  }

  /// A host name of the Gateway API, perhaps with a wildcard.
  static boolean isHost(String host) {
    return HeaderFamily.isName(host.startsWith("*.") ? host.substring(2) : host);
  }
}
