package dev.postern.gatewayapi.migrate;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Istio tries expressions after all prefixes, the longest first (sortHTTPRoutes of its
/// conversion.go). So that a guard holds in any letter case, a prefix that nginx tried after it
/// becomes an expression, too.
final class PrefixesLast {
  private PrefixesLast() {}

  /// @param ordered as nginx tried them
  /// @param divided as PathDivision gives it
  static void settle(List<Location> ordered, Map<Location, Location> divided) {
    Set<Location> moved = new HashSet<>();
    for (Location at : ordered) {
      if (!at.matchValue.isEmpty() && (PathOrder.isGuarded(at) || moved.contains(at))) {
        for (Location other : PathOrder.later(at, ordered, divided)) {
          if (PathOrder.isPrefix(other) && other.served) {
            move(other, other.expression.whole(), at);
            moved.add(other);
          } else if (PathOrder.isExact(other) && BarePaths.takes(at, other.matchValue)) {
            move(other, PathDivision.rest(other), at);
            moved.add(other);
          }
        }
      }
    }
  }

  private static void move(Location other, String expression, Location at) {
    PathOrder.toExpression(
        other,
        expression,
        "a regular expression, in any letter case and open at the end as in nginx, so that the"
            + " gateway tries it after "
            + at.path.path());
  }
}
