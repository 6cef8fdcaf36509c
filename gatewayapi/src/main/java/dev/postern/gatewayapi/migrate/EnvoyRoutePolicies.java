package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;

/// What Envoy Gateway says of a whole route (gateway.envoyproxy.io/v1alpha1): a
/// BackendTrafficPolicy for the time to connect and for what is hashed, a SecurityPolicy for the
/// addresses that may come.
final class EnvoyRoutePolicies {
  private EnvoyRoutePolicies() {}

  /// @param kind of the route
  /// @param at one of its locations; the others say the same
  static void write(
      String kind, String namespace, String route, Location at, List<Map<String, Object>> out) {
    if (at.target != Target.ENVOY_GATEWAY) {
      return;
    }
    Map<String, Object> target =
        Trees.map("group", "gateway.networking.k8s.io", "kind", kind, "name", route);
    Map<String, Object> traffic =
        Trees.map(
            "timeout",
            at.connectTimeout
                .map(duration -> Trees.map("tcp", Trees.map("connectTimeout", duration)))
                .orElse(Map.of()),
            "loadBalancer",
            at.alike);
    if (!traffic.isEmpty()) {
      out.add(policy("BackendTrafficPolicy", namespace, route, target, traffic));
    }
    if (!at.allowed.isEmpty()) {
      Map<String, Object> rule =
          Trees.map("action", "Allow", "principal", Trees.map("clientCIDRs", at.allowed));
      out.add(
          policy(
              "SecurityPolicy",
              namespace,
              route,
              target,
              Trees.map(
                  "authorization", Trees.map("defaultAction", "Deny", "rules", List.of(rule)))));
    }
  }

  private static Map<String, Object> policy(
      String kind,
      String namespace,
      String name,
      Map<String, Object> target,
      Map<String, Object> fields) {
    Map<String, Object> spec = Trees.map("targetRefs", List.of(target));
    spec.putAll(fields);
    return Trees.object(EnvoyHopObjects.GROUP + "/v1alpha1", kind, namespace, name, spec);
  }
}
