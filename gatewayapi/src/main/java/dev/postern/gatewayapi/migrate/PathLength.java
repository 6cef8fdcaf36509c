package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Of expressions gateways try the longest first: one that nginx tried before others is made longer
/// than they are.
final class PathLength {
  /// HTTPPathMatch.value.
  static final int LONGEST = 1024;

  /// Matches nothing, everywhere.
  private static final String PADDING = "(?:)";

  private PathLength() {}

  /// @param later that nginx tried after it, and that may take the same paths
  static void settle(Location at, List<Location> later) {
    List<Location> others = later.stream().filter(other -> !isAlike(at, other)).toList();
    int longest = others.stream().mapToInt(PathLength::longest).max().orElse(0);
    if (PathOrder.isExpression(at)) {
      at.matchValue = longer(at.matchValue, longest);
    }
    if (!at.closedBeside.isEmpty()) {
      at.closedBeside = longer(at.closedBeside, longest);
    }
    at.further.replaceAll(match ->
        isExpression(match)
            ? Trees.map(
                "type", PathFamily.EXPRESSION, "value", longer(Trees.text(match, "value"), longest))
            : match);
    int shortest = expressions(at).stream().mapToInt(String::length).min().orElse(LONGEST + 1);
    if (shortest <= longest) {
      tooShort(at, others.stream().filter(other -> longest(other) >= shortest).toList());
    }
  }

  private static String longer(String expression, int longest) {
    StringBuilder longer = new StringBuilder(expression);
    while (longer.length() <= longest && longer.length() + PADDING.length() <= LONGEST) {
      longer.append(PADDING);
    }
    return longer.toString();
  }

  private static void tooShort(Location at, List<Location> before) {
    if (PathOrder.isGuarded(at)) {
      before.forEach(other ->
          PathCover.close(
              other,
              "the guard of "
                  + at.path.path()
                  + " needs a longer expression than a route can have, and this one would take its"
                  + " requests",
              "write " + at.path.path() + " as a prefix, or make this path shorter"));
    } else {
      String path = before.getFirst().path.path();
      PathFamily.different(
          at,
          new Verdict.NotPossible(
              "what nginx took here and "
                  + path
                  + " takes, too, goes to "
                  + path
                  + ": no route can have an expression that is longer than that",
              "write it as a prefix, if it is one"));
    }
  }

  /// Whether requests get the same of both.
  private static boolean isAlike(Location at, Location other) {
    return gets(at).equals(gets(other));
  }

  private static List<Object> gets(Location at) {
    return List.of(
        at.ingress.namespace(),
        at.path.service(),
        at.port,
        at.served,
        at.filters,
        at.rule,
        at.canary,
        at.allowed,
        at.connectTimeout,
        at.httpsRedirect,
        at.closedBeside.isEmpty());
  }

  private static int longest(Location at) {
    return expressions(at).stream().mapToInt(String::length).max().orElse(0);
  }

  private static List<String> expressions(Location at) {
    List<String> all = new ArrayList<>();
    if (PathOrder.isExpression(at)) {
      all.add(at.matchValue);
    }
    if (!at.closedBeside.isEmpty()) {
      all.add(at.closedBeside);
    }
    at.further.stream()
        .filter(PathLength::isExpression)
        .forEach(match -> all.add(Trees.text(match, "value")));
    return all;
  }

  private static boolean isExpression(Map<String, Object> match) {
    return PathFamily.EXPRESSION.equals(match.get("type"));
  }
}
