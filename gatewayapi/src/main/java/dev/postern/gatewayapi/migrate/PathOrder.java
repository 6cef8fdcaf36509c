package dev.postern.gatewayapi.migrate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Has the paths of one host tried as nginx tried them, as far as it matters: nobody comes to a
/// backend past a guard that another path has.
final class PathOrder {
  private static final String PREFIX = "PathPrefix";

  private PathOrder() {}

  /// Once it is known which locations are closed.
  ///
  /// @param locations without those that nginx never came to
  static void settle(List<Location> locations) {
    for (Location at : locations) {
      if (at.matchValue.isEmpty() && isGuarded(at)) {
        PathCover.cover(at, locations);
      }
    }
    if (!locations.isEmpty() && locations.getFirst().regexHost) {
      List<Location> ordered =
          NginxOrder.of(locations.stream().filter(at -> !at.matchValue.isEmpty()).toList());
      Map<Location, Location> divided = divide(ordered);
      // From the last, so that what comes later is settled.
      for (int i = ordered.size() - 1; i >= 0; i--) {
        Location at = ordered.get(i);
        if (at.matchValue.isEmpty()) {
          continue;
        }
        List<Location> later =
            ordered.subList(i + 1, ordered.size()).stream()
                .filter(other -> !other.matchValue.isEmpty() && NginxOrder.overlap(at, other))
                .filter(other -> divided.get(other) != at)
                .toList();
        if (at.target.triesExpressionsFirst()) {
          settleBefore(at, later);
        } else {
          settleAmong(at, later);
        }
      }
    }
    locations.forEach(PathFamily::useRegex);
  }

  /// Whether something keeps requests away from a location, or it answers none.
  private static boolean isGuarded(Location at) {
    return !at.served || Guards.any(at);
  }

  /// Of two that would have the same prefix the later one gets what the first does not take.
  ///
  /// @return those, each with the first
  private static Map<Location, Location> divide(List<Location> ordered) {
    Map<String, Location> byPrefix = new HashMap<>();
    Map<Location, Location> divided = new HashMap<>();
    for (Location at : ordered) {
      Location first = isPrefix(at) ? byPrefix.putIfAbsent(withSlash(at.matchValue), at) : null;
      if (first != null) {
        divide(first, at);
        divided.put(at, first);
      }
    }
    return divided;
  }

  private static void divide(Location first, Location other) {
    String quoted = "(?i)" + PathExpression.quoted(other.path.path());
    String words = first.path.path() + " has what is below a slash, as in nginx";
    if (!other.expression.isLiteral()) {
      other.matchValue = "";
      PathFamily.different(
          other,
          new Verdict.Different("left out, since nginx tried " + first.path.path() + " before it"));
    } else if (first.endsAtSlash) {
      toExpression(other, quoted + "[^/].*", "a regular expression: " + words);
    } else if (other.target.triesExpressionsFirst()) {
      toExpression(other, quoted + "(?:[^/].*)?", "a regular expression: " + words);
    } else {
      other.matchType = "Exact";
      PathFamily.different(other, new Verdict.Different("this path alone: " + words));
    }
  }

  static boolean isPrefix(Location at) {
    return at.matchType.equals(PREFIX) && !at.matchValue.isEmpty();
  }

  private static boolean isExpression(Location at) {
    return at.matchType.equals(PathFamily.EXPRESSION);
  }

  /// A slash at the end of a prefix is nothing (HTTPPathMatch).
  static boolean isSame(String prefix, String other) {
    return withSlash(prefix).equals(withSlash(other));
  }

  private static String withSlash(String prefix) {
    return prefix.endsWith("/") ? prefix : prefix + "/";
  }

  /// Where expressions are tried before prefixes.
  ///
  /// @param later that nginx tried after it, and that may take the same paths
  private static void settleBefore(Location at, List<Location> later) {
    if (isPrefix(at)
        && (later.stream().anyMatch(PathOrder::isExpression)
            || (!later.isEmpty() && isGuarded(at) && losesNothing(at)))) {
      toExpression(
          at,
          at.expression.whole(),
          "a regular expression, in any letter case and open at the end as in nginx, so that no"
              + " other path of the host gets its requests");
    }
    if (isExpression(at)) {
      int longest =
          later.stream()
              .filter(PathOrder::isExpression)
              .mapToInt(other -> other.matchValue.length())
              .max()
              .orElse(0);
      while (at.matchValue.length() <= longest) {
        at.matchValue += "(?:)";
      }
    }
  }

  private static boolean losesNothing(Location at) {
    return !at.served || !RewriteFamily.replacesPrefix(at);
  }

  private static void toExpression(Location at, String expression, String words) {
    if (RewriteFamily.replacesPrefix(at)) {
      RewriteFamily.lose(
          at,
          "a URLRewrite replaces a prefix, and this path has to be a regular expression, since"
              + " another one of the host would get its requests else");
    }
    at.matchType = PathFamily.EXPRESSION;
    at.matchValue = expression;
    PathFamily.different(at, new Verdict.Different(words));
  }

  /// Where nobody knows that expressions are tried before prefixes: a guard gets a match of both
  /// kinds.
  private static void settleAmong(Location at, List<Location> later) {
    if (later.isEmpty() || at.matchType.equals("Exact")) {
      return;
    }
    if (isPrefix(at) && isGuarded(at) && losesNothing(at)) {
      at.further.add(Trees.map("type", PathFamily.EXPRESSION, "value", at.expression.whole()));
    } else if (isExpression(at) && isGuarded(at)) {
      Map<String, Object> cover = PathCover.prefix(at);
      at.further.add(cover);
      PathCover.closeBeside(at, Trees.text(cover, "value"), later);
    } else if (isExpression(at) && at.target == Target.ISTIO) {
      later.stream()
          .filter(PathOrder::isPrefix)
          .findFirst()
          .ifPresent(other ->
              PathFamily.different(
                  at,
                  new Verdict.NotPossible(
                      PathFamily.words(at) + ": " + other.path.path() + " gets its requests",
                      "write it as a prefix, if it is one")));
    }
  }
}
