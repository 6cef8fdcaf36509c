package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Writes HTTPRoutes and GRPCRoutes: for each Ingress and host one for HTTPS and one for plain
/// HTTP, divided where a route takes no more.
final class RouteWriter {
  /// HTTPRoute.spec.hostnames.
  private static final int MAX_HOSTNAMES = 16;

  /// HTTPRoute.spec.rules.
  private static final int MAX_RULES = 16;

  private final Listeners listeners;
  private final List<Map<String, Object>> out;
  private final Set<String> names = new HashSet<>();

  RouteWriter(Listeners listeners, List<Map<String, Object>> out) {
    this.listeners = listeners;
    this.out = out;
  }

  /// All of one Ingress and host.
  void write(List<Location> locations) {
    Location first = locations.getFirst();
    String host = first.path.host();
    Set<String> hostnames = new LinkedHashSet<>();
    if (!host.isEmpty()) {
      hostnames.add(host);
      locations.forEach(at -> hostnames.addAll(at.aliases));
    }
    List<Location> ordered =
        new ArrayList<>(
            locations.stream()
                .filter(at -> !at.matchValue.isEmpty() || at.appRoot.isPresent())
                .toList());
    // nginx tries the longest expression first.
    ordered.sort((a, b) -> b.path.path().length() - a.path.path().length());
    String namespace = first.ingress.namespace();
    String name = name(first.ingress.name(), host);
    List<String> all = List.copyOf(hostnames);
    for (int from = 0; from == 0 || from < all.size(); from += MAX_HOSTNAMES) {
      List<String> some = all.subList(from, Math.min(all.size(), from + MAX_HOSTNAMES));
      String part = from == 0 ? name : name + "-" + (from / MAX_HOSTNAMES + 1);
      Set<Map<String, Object>> secure = listeners.https(some);
      if (!secure.isEmpty()) {
        bothKinds(namespace, part, some, secure, ordered, false);
      }
      bothKinds(
          namespace,
          secure.isEmpty() ? part : part + "-http",
          some,
          List.of(listeners.http()),
          ordered,
          true);
    }
  }

  static String name(String ingress, String host) {
    String slug = host.isEmpty() ? "all" : host.replace("*", "any").replace('.', '-');
    String name = ingress + "-" + slug;
    return name.length() > 200
        ? name.substring(0, 190) + "-" + Integer.toHexString(name.hashCode())
        : name;
  }

  private void bothKinds(
      String namespace,
      String name,
      List<String> hostnames,
      Collection<Map<String, Object>> parents,
      List<Location> ordered,
      boolean http) {
    for (boolean grpc : new boolean[] {false, true}) {
      List<Map<String, Object>> rules = new ArrayList<>();
      for (Location at : ordered) {
        boolean inGrpc = at.grpcRoute && !(http && at.httpsRedirect);
        if (inGrpc == grpc) {
          rules.addAll(RuleWriter.rules(at, http, grpc));
        }
      }
      for (int i = 0; i < rules.size(); i += MAX_RULES) {
        List<Map<String, Object>> part =
            List.copyOf(rules.subList(i, Math.min(i + MAX_RULES, rules.size())));
        String kind = grpc ? "GRPCRoute" : "HTTPRoute";
        String written = route(kind, namespace, name, hostnames, parents, part);
        if (part.stream().anyMatch(rule -> rule.containsKey("backendRefs"))) {
          EnvoyRoutePolicies.write(kind, namespace, written, ordered.getFirst(), out);
        }
      }
    }
  }

  /// One object, with a number behind the name where another route has it; that name.
  String route(
      String kind,
      String namespace,
      String name,
      List<String> hostnames,
      Collection<Map<String, Object>> parents,
      List<?> rules) {
    String unused = name;
    for (int i = 2; !names.add(namespace + "/" + unused); i++) {
      unused = name + "-" + i;
    }
    out.add(
        Trees.object(
            Trees.GATEWAY_API,
            kind,
            namespace,
            unused,
            Trees.map("parentRefs", List.copyOf(parents), "hostnames", hostnames, "rules", rules)));
    return unused;
  }
}
