package dev.postern.gatewayapi.migrate;

import java.util.Optional;
import java.util.Set;

/// Which host of `spec.tls` a rule's host is served with: its own, or the wildcard one label above
/// it, as names in certificates have it (RFC 6125).
final class Certificates {
  private Certificates() {}

  static Optional<String> covering(Set<String> hosts, String host) {
    int dot = host.indexOf('.');
    String wildcard = dot < 0 ? host : "*" + host.substring(dot);
    return hosts.contains(host)
        ? Optional.of(host)
        : Optional.of(wildcard).filter(above -> !above.isEmpty() && hosts.contains(above));
  }
}
