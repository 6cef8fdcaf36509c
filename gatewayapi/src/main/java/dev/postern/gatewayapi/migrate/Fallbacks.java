package dev.postern.gatewayapi.migrate;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which spec.defaultBackend was the root of a host (createServers and getBackendServers of the
/// controller): that of the host's oldest Ingress, where no Ingress has a path / for it. Of those
/// without rules the oldest was the root of all other hosts, whatever else was said of that.
final class Fallbacks {
  private final Map<String, String> oldest = new HashMap<>();
  private final Set<String> rooted = new HashSet<>();
  private Optional<String> catchAll = Optional.empty();

  /// @param ingresses the oldest first
  Fallbacks(List<Ingress> ingresses) {
    for (Ingress ingress : ingresses) {
      if (ingress.isCanary()) {
        continue;
      }
      for (String host : ingress.hosts()) {
        oldest.putIfAbsent(host, ingress.id());
      }
      for (Ingress.Path path : ingress.paths()) {
        if (isRoot(path) && !path.isFallback() && !path.service().isEmpty()) {
          rooted.add(path.host());
        } else if (path.isFallback() && path.host().isEmpty() && catchAll.isEmpty()) {
          catchAll = Optional.of(ingress.id());
        }
      }
    }
  }

  private static boolean isRoot(Ingress.Path path) {
    return path.path().equals("/") && !path.type().equals("Exact");
  }

  /// Why nginx never took a path, as far as default backends matter; empty where it did.
  Optional<String> without(Ingress ingress, Ingress.Path path) {
    String host = path.host();
    if (ingress.isCanary() || !isRoot(path)) {
      return Optional.empty();
    }
    if (host.isEmpty()) {
      return catchAll
          .filter(id -> !id.equals(ingress.id()))
          .map(id -> "the defaultBackend of " + id + ", which has no rules, goes before it");
    }
    if (!path.isFallback()) {
      return Optional.empty();
    }
    if (rooted.contains(host)) {
      return Optional.of("another Ingress has a path / for this host, which goes before it");
    }
    return Optional.ofNullable(oldest.get(host))
        .filter(id -> !id.equals(ingress.id()))
        .map(id -> id + " is this host's oldest Ingress, and its defaultBackend alone counts");
  }
}
