package dev.postern.gatewayapi.migrate;

import java.util.Set;

/// server-alias: further hosts of the same routes.
final class Aliases {
  private Aliases() {}

  /// @param hosts those that Ingresses have paths for
  static void convert(Location at, Set<String> hosts) {
    if (at.path.host().isEmpty()) {
      at.same("server-alias", "nothing, as all hosts are served");
      return;
    }
    for (String alias : at.value("server-alias").split("[,\\s]+", -1)) {
      if (alias.isEmpty()) {
        at.same("server-alias", "nothing, as it is empty");
      } else if (hosts.contains(alias)) {
        at.same("server-alias", "nothing: " + alias + " is a host of an Ingress itself");
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
