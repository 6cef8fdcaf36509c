package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The rules of a route for one location: usually one; with a canary that is chosen by a header, or
/// an app-root, some that match more before it.
final class RuleWriter {
  private RuleWriter() {}

  static Map<String, Object> redirect(Map<String, Object> redirect) {
    return Trees.map("type", "RequestRedirect", "requestRedirect", redirect);
  }

  static Map<String, Object> toHttps(ControllerConfig controller) {
    return redirect(Trees.map("scheme", "https", "statusCode", controller.redirectCode()));
  }

  /// @param http whether the route is for plain HTTP
  static List<Map<String, Object>> rules(Location at, boolean http, boolean grpc) {
    List<Map<String, Object>> rules = new ArrayList<>();
    at.appRoot.ifPresent(to ->
        rules.add(
            Trees.map(
                "matches",
                List.of(Trees.map("path", Trees.map("type", "Exact", "value", "/"))),
                "filters",
                List.of(
                    redirect(
                        Trees.map(
                            "path",
                            Trees.map("type", "ReplaceFullPath", "replaceFullPath", to),
                            "statusCode",
                            302))))));
    if (at.matchValue.isEmpty()) {
      return rules;
    }
    Map<String, Object> path =
        Trees.map("path", Trees.map("type", at.matchType, "value", at.matchValue));
    List<Map<String, Object>> matches = grpc ? GrpcRules.matches(at) : paths(path, at.further);
    List<Map<String, Object>> redirect =
        http && at.httpsRedirect ? List.of(toHttps(at.controller)) : List.of();
    if (!at.closedBeside.isEmpty()) {
      Map<String, Object> closed =
          Trees.map("type", PathFamily.EXPRESSION, "value", at.closedBeside);
      rules.add(Trees.map("matches", List.of(Trees.map("path", closed)), "filters", redirect));
    }
    if (!redirect.isEmpty()) {
      rules.add(Trees.map("matches", matches, "filters", redirect));
      return rules;
    }
    if (!at.served) {
      rules.add(Trees.map("matches", matches));
      return rules;
    }
    boolean redirects = at.filters.containsKey("RequestRedirect");
    Map<String, Object> fields = new LinkedHashMap<>();
    List<Map<String, Object>> filters = List.copyOf(at.filters.values());
    fields.putAll(
        Trees.map(
            "filters",
            http || !at.tls || redirects ? filters : at.controller.hsts().added(filters)));
    if (!redirects) {
      fields.putAll(at.rule);
    }
    Map<String, Object> main = at.backend(at.path.service(), at.port);
    if (at.target.endsSlowRequests() && !grpc && !redirects) {
      fields.put("timeouts", Trees.map("request", "0s"));
    }
    at.canary.ifPresent(canary -> {
      Map<String, Object> chosen = at.backend(canary.service(), canary.port());
      for (Canary.Choice choice : canary.choices()) {
        rules.add(
            rule(
                List.of(with(path, choice.header())),
                fields,
                List.of(choice.canary() ? chosen : main)));
      }
    });
    rules.add(
        rule(
            matches,
            fields,
            redirects
                ? List.of()
                : at.canary
                    .map(one -> one.split(main, at.backend(one.service(), one.port())))
                    .orElse(List.of(main))));
    return rules;
  }

  private static List<Map<String, Object>> paths(
      Map<String, Object> path, List<Map<String, Object>> further) {
    List<Map<String, Object>> paths = new ArrayList<>(List.of(path));
    further.forEach(match -> paths.add(Trees.map("path", match)));
    return paths;
  }

  private static Map<String, Object> with(Map<String, Object> path, Map<String, Object> header) {
    Map<String, Object> match = new LinkedHashMap<>(path);
    match.put("headers", List.of(header));
    return match;
  }

  private static Map<String, Object> rule(
      List<Map<String, Object>> matches, Map<String, Object> fields, List<?> backends) {
    Map<String, Object> rule = Trees.map("matches", matches);
    rule.putAll(fields);
    if (!backends.isEmpty()) {
      rule.put("backendRefs", backends);
    }
    return rule;
  }
}
