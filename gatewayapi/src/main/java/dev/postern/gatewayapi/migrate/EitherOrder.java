package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;

/// Where nobody knows when expressions are tried, a guard gets a match of both kinds, and what
/// could take its requests is closed.
final class EitherOrder {
  private static final String PREFIX = "PathPrefix";

  private EitherOrder() {}

  /// @param later that nginx tried after it, and that may take the same paths
  static void settle(Location at, List<Location> later) {
    if (later.isEmpty() || !PathOrder.isGuarded(at)) {
      return;
    }
    if (PathOrder.isPrefix(at) && !at.unwritable.isEmpty()) {
      PathCover.closeBelow(at, at.matchValue, later);
    } else if (PathOrder.isPrefix(at)
        && (PathOrder.losesNothing(at) || later.stream().anyMatch(PathOrder::isExpression))) {
      PathOrder.loseRewrite(at);
      at.further.add(Trees.map("type", PathFamily.EXPRESSION, "value", at.expression.whole()));
    } else if (PathOrder.isPrefix(at)) {
      PathOrder.closeStrays(at);
    }
    if (PathOrder.isExpression(at)) {
      Map<String, Object> cover = PathCover.prefix(at);
      at.further.add(cover);
      PathCover.closeBelow(at, Trees.text(cover, "value"), later);
    }
    PathCover.closeExact(at, later);
  }

  /// Once all are settled. In another letter case, or with no slash behind it, a guarded path is no
  /// prefix, and one that is may be tried first.
  static void judge(Location at, List<Location> ordered, List<Location> later) {
    if (at.matchValue.isEmpty() || !PathOrder.isGuarded(at)) {
      return;
    }
    ordered.stream()
        .filter(other -> other != at && other.served)
        .filter(other -> isCover(other) || (PathOrder.isPrefix(other) && later.contains(other)))
        .findFirst()
        .ifPresent(other ->
            PathFamily.different(
                at,
                new Verdict.NotPossible(
                    "its guard holds for paths as they are spelled here. Where the gateway tries"
                        + " prefixes first, "
                        + other.path.path()
                        + " may get what nginx took in another letter case, or without a slash"
                        + " behind it",
                    "have the backend of " + other.path.path() + " refuse it")));
  }

  private static boolean isCover(Location at) {
    return at.further.stream().anyMatch(match -> Trees.text(match, "type").equals(PREFIX));
  }
}
