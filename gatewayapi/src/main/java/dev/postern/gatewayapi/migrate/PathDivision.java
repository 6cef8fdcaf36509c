package dev.postern.gatewayapi.migrate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Of two paths that would have the same prefix the later one gets what the first does not take.
final class PathDivision {
  private PathDivision() {}

  /// @param ordered as nginx tried them
  /// @return those that share nothing with one before them, each with that
  static Map<Location, Location> of(List<Location> ordered) {
    Map<String, Location> byPrefix = new HashMap<>();
    Map<Location, Location> divided = new HashMap<>();
    for (Location at : ordered) {
      Location first =
          PathOrder.isPrefix(at)
              ? byPrefix.putIfAbsent(PathOrder.withSlash(at.matchValue), at)
              : null;
      if (first != null && divide(first, at)) {
        divided.put(at, first);
      }
    }
    return divided;
  }

  private static boolean divide(Location first, Location other) {
    String path = first.path.path();
    String quoted = quoted(other);
    String words = path + " has what is below a slash, as in nginx";
    if (!other.expression.isLiteral()) {
      return leaveOut(first, other);
    } else if (first.endsAtSlash) {
      PathOrder.toExpression(other, quoted + "[^/].*", "a regular expression: " + words);
    } else if (other.target.triesExpressionsFirst()) {
      PathOrder.toExpression(other, rest(other), "a regular expression: " + words);
    } else {
      other.matchType = "Exact";
      if (PathOrder.isGuarded(other)) {
        other.further.add(Trees.map("type", PathFamily.EXPRESSION, "value", rest(other)));
      }
      PathFamily.different(other, new Verdict.Different("this path alone: " + words));
    }
    return true;
  }

  private static String quoted(Location at) {
    return "(?i)" + PathExpression.quoted(at.path.path());
  }

  /// What a literal path has where another one has what is below its slash.
  static String rest(Location at) {
    return quoted(at) + "(?:[^/].*)?";
  }

  /// A dot that is any character takes what the same prefix does not: a guard stays there.
  private static boolean leaveOut(Location first, Location other) {
    String path = first.path.path();
    if (PathOrder.isGuarded(other) && other.expression.hasDot()) {
      PathOrder.toExpression(
          other,
          other.expression.whole(),
          "a regular expression, as " + path + " has the same prefix");
      return false;
    }
    other.matchValue = "";
    PathFamily.different(
        other, new Verdict.Different("left out, since nginx tried " + path + " before it"));
    return true;
  }
}
