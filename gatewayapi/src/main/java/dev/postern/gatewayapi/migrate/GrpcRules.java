package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a host's rules go into GRPCRoutes. As a listener takes only one kind of route for a host
/// (GRPCRoute, "Cross Serving"), all of them do or none.
final class GrpcRules {
  private static final Set<String> FILTERS = Set.of("RequestHeaderModifier");

  /// `/package.Service`, `/package.Service/` or `/package.Service/Method`.
  private static final Pattern CALL =
      Pattern.compile(
          "/(?<service>[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*+)*+)"
              + "(/(?<method>[A-Za-z_][A-Za-z0-9_]*)?)?");

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
    Matcher call = CALL.matcher(at.matchValue);
    boolean path =
        switch (at.matchType) {
          case "PathPrefix" -> at.matchValue.equals("/") || call.matches();
          case "Exact" -> call.matches() && call.group("method") != null;
          default -> false;
        };
    boolean plain = at.canary.isEmpty() && at.appRoot.isEmpty() && at.rule.isEmpty();
    return at.grpc && path && plain && FILTERS.containsAll(at.filters.keySet());
  }

  /// The matches of a location that fits; none for all methods. A call's path has no third segment,
  /// so that a prefix of two is one method, and a prefix of one a whole service.
  static List<Map<String, Object>> matches(Location at) {
    Matcher call = CALL.matcher(at.matchValue);
    if (!call.matches()) {
      return List.of();
    }
    Map<String, Object> method = Trees.map("service", call.group("service"));
    if (call.group("method") != null) {
      method.put("method", call.group("method"));
    }
    return List.of(Trees.map("method", method));
  }
}
