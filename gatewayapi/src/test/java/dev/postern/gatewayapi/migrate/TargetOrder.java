package dev.postern.gatewayapi.migrate;

import static dev.postern.gatewayapi.migrate.Trees.child;
import static dev.postern.gatewayapi.migrate.Trees.items;
import static dev.postern.gatewayapi.migrate.Trees.text;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Finds the rule for a path as a gateway does, of each kind of match the longest first: Istio tries
 * prefixes before expressions (sortHTTPRoutes in its conversion.go), Envoy Gateway after them.
 */
final class TargetOrder {
  private record Match(String kind, String value, String to) {
    boolean takes(String path) {
      return switch (kind) {
        case "Exact" -> path.equals(value);
        case "PathPrefix" -> (path + "/").startsWith(value.endsWith("/") ? value : value + "/");
        default -> Pattern.matches(value, path);
      };
    }
  }

  private TargetOrder() {}

  /** The Service; else `500` or `404`. */
  static String get(Migration migration, boolean expressionsFirst, String path) {
    List<String> kinds =
        expressionsFirst
            ? List.of("Exact", "RegularExpression", "PathPrefix")
            : List.of("Exact", "PathPrefix", "RegularExpression");
    List<Match> all = new ArrayList<>();
    for (Map<String, Object> object : migration.objects()) {
      if (text(object, "kind").equals("HTTPRoute")) {
        for (Object rule : items(child(object, "spec"), "rules")) {
          add((Map<?, ?>) rule, all);
        }
      }
    }
    return all.stream()
        .sorted(
            Comparator.<Match>comparingInt(match -> kinds.indexOf(match.kind()))
                .thenComparingInt(match -> -match.value().length()))
        .filter(match -> match.takes(path))
        .findFirst()
        .map(Match::to)
        .orElse("404");
  }

  private static void add(Map<?, ?> rule, List<Match> all) {
    List<?> backends = items(rule, "backendRefs");
    String to = backends.isEmpty() ? "500" : text((Map<?, ?>) backends.getFirst(), "name");
    for (Object match : items(rule, "matches")) {
      Map<?, ?> path = child((Map<?, ?>) match, "path");
      all.add(new Match(text(path, "type"), text(path, "value"), to));
    }
  }
}
