package dev.postern.gatewayapi.migrate;

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
      Map<Location, Location> divided = PathDivision.of(ordered);
      if (locations.getFirst().target == Target.ISTIO) {
        PrefixesLast.settle(ordered, divided);
      }
      // From the last, so that what comes later is settled.
      for (Location at : ordered.reversed()) {
        if (at.matchValue.isEmpty()) {
          continue;
        }
        List<Location> later = later(at, ordered, divided);
        if (at.target.isOrderKnown()) {
          settleKnown(at, later);
        } else {
          EitherOrder.settle(at, later);
        }
        // Else the other one has it.
        if (ordered.stream()
            .filter(other -> divided.get(other) == at)
            .noneMatch(other -> isExact(other) || isBeforePrefixes(other))) {
          BarePaths.settle(at, ordered);
        }
        PathLength.settle(at, later);
      }
      if (!locations.getFirst().target.isOrderKnown()) {
        ordered.forEach(at -> EitherOrder.judge(at, ordered, later(at, ordered, divided)));
      }
    }
    locations.forEach(PathFamily::useRegex);
  }

  /// Those that nginx tried after a location, and that may take the same paths.
  ///
  /// @param divided as PathDivision gives it
  static List<Location> later(
      Location at, List<Location> ordered, Map<Location, Location> divided) {
    return ordered.subList(ordered.indexOf(at) + 1, ordered.size()).stream()
        .filter(other -> !other.matchValue.isEmpty() && NginxOrder.overlap(at, other))
        .filter(other -> divided.get(other) != at)
        .toList();
  }

  /// Whether something keeps requests away from a location, or it answers none.
  static boolean isGuarded(Location at) {
    return !at.served || Guards.any(at);
  }

  static boolean isPrefix(Location at) {
    return at.matchType.equals(PREFIX) && !at.matchValue.isEmpty();
  }

  /// A path alone, which PathDivision left to it.
  static boolean isExact(Location at) {
    return at.matchType.equals("Exact");
  }

  static boolean isExpression(Location at) {
    return at.matchType.equals(PathFamily.EXPRESSION);
  }

  /// A slash at the end of a prefix is nothing (HTTPPathMatch).
  static boolean isSame(String prefix, String other) {
    return withSlash(prefix).equals(withSlash(other));
  }

  static String withSlash(String prefix) {
    return prefix.endsWith("/") ? prefix : prefix + "/";
  }

  /// Where it is known when expressions are tried.
  private static void settleKnown(Location at, List<Location> later) {
    boolean guards = isGuarded(at) && !later.isEmpty();
    boolean loses = later.stream().anyMatch(PathOrder::isBeforePrefixes);
    if (isPrefix(at) && (loses || (guards && losesNothing(at)))) {
      toExpression(
          at,
          at.expression.whole(),
          "a regular expression, in any letter case and open at the end as in nginx, so that no"
              + " other path of the host gets its requests");
    } else if (isPrefix(at) && guards) {
      closeStrays(at);
    } else if (isExpression(at) && !guards && at.target == Target.ISTIO) {
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

  /// Whether a location takes requests of a prefix that is spelled as it is.
  private static boolean isBeforePrefixes(Location at) {
    return at.target.triesExpressionsFirst()
        && (isExpression(at) || (!at.closedBeside.isEmpty() && at.expression.hasDot()));
  }

  /// A guarded prefix that is replaced has to be a prefix: what else nginx took for it is closed.
  static void closeStrays(Location at) {
    String strays = PrefixStrays.of(at.expression);
    if (strays.length() > PathLength.LONGEST) {
      toExpression(
          at, at.expression.whole(), "a regular expression, so that its guard holds in any case");
    } else if (!strays.isEmpty()) {
      at.closedBeside = strays;
      PathFamily.different(
          at,
          new Verdict.Different(
              "letter case matters now"
                  + (at.expression.hasDot() ? ", and a dot is a dot" : "")
                  + ": what nginx took besides "
                  + at.matchValue
                  + " answers 500, so that its guard holds"));
    }
  }

  static boolean losesNothing(Location at) {
    return !at.served || !RewriteFamily.replacesPrefix(at);
  }

  /// A prefix is replaced behind a prefix alone.
  static void loseRewrite(Location at) {
    if (RewriteFamily.replacesPrefix(at)) {
      RewriteFamily.lose(
          at,
          "a URLRewrite replaces a prefix, and this path has to be a regular expression, since"
              + " another one of the host would get its requests else");
    }
  }

  static void toExpression(Location at, String expression, String words) {
    loseRewrite(at);
    at.matchType = PathFamily.EXPRESSION;
    at.matchValue = expression;
    PathFamily.different(at, new Verdict.Different(words));
  }
}
