package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;

/// What Envoy Gateway says of a whole route (gateway.envoyproxy.io/v1alpha1): a
/// BackendTrafficPolicy for the time to connect, a SecurityPolicy for the addresses that may come.
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
    at.connectTimeout.ifPresent(duration ->
        out.add(
            policy(
                "BackendTrafficPolicy",
                namespace,
                route,
                target,
                "timeout",
                Trees.map("tcp", Trees.map("connectTimeout", duration)))));
    if (!at.allowed.isEmpty()) {
      Map<String, Object> rule =
          Trees.map("action", "Allow", "principal", Trees.map("clientCIDRs", at.allowed));
      out.add(
          policy(
              "SecurityPolicy",
              namespace,
              route,
              target,
              "authorization",
              Trees.map("defaultAction", "Deny", "rules", List.of(rule))));
    }
  }

  private static Map<String, Object> policy(
      String kind,
      String namespace,
      String name,
      Map<String, Object> target,
      String field,
      Map<String, Object> value) {
    return Trees.object(
        EnvoyHopObjects.GROUP + "/v1alpha1",
        kind,
        namespace,
        name,
        Trees.map("targetRefs", List.of(target), field, value));
  }
}
