package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether a host's rules go into GRPCRoutes. As a listener takes only one kind of route for a host
/// (GRPCRoute, "Cross Serving"), all of them do or none.
final class GrpcRules {
  private static final Set<String> FILTERS = Set.of("RequestHeaderModifier");

  private GrpcRules() {}

  static void choose(List<Location> locations, boolean wanted) {
    if (!wanted) {
      return;
    }
    boolean all = locations.stream().allMatch(GrpcRules::fits);
    for (Location at : locations) {
      at.grpcRoute = all;
      if (all && at.target.endsSlowRequests()) {
        at.say(
            "grpc-route",
            at.path.path(),
            new Verdict.Different(
                "a GRPCRoute has no time-outs, and the gateway may end calls after 15s; without"
                    + " --grpc-route nothing does"));
      }
      if (at.grpc) {
        at.different(
            "backend-protocol",
            all
                ? "in a GRPCRoute, which takes nothing but gRPC"
                : "in an HTTPRoute in spite of --grpc-route, as this host has a path, filter or"
                    + " backend that no GRPCRoute can have");
      }
    }
  }

  private static boolean fits(Location at) {
    boolean path =
        at.matchType.equals("PathPrefix")
            && (at.matchValue.equals("/") || at.matchValue.matches("/[A-Za-z_][A-Za-z0-9_.]*"));
    boolean plain = at.canary.isEmpty() && at.appRoot.isEmpty() && at.rule.isEmpty();
    return at.grpc && path && plain && FILTERS.containsAll(at.filters.keySet());
  }

  /// The matches of a location that fits; none for all methods.
  static List<Map<String, Object>> matches(Location at) {
    return at.matchValue.equals("/")
        ? List.of()
        : List.of(Trees.map("method", Trees.map("service", at.matchValue.substring(1))));
  }
}
