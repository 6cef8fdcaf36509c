package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// A match for a guarded path that no match can have: it takes more, so that nothing that was kept
/// in goes to another path of the host.
final class PathCover {
  /// So many characters fit into an expression, also where each is quoted.
  private static final int ENOUGH = 400;

  /// What stands behind a prefix where nothing goes on but with a slash.
  private static final Pattern ENDS = Pattern.compile("(?:\\$|\\((?:\\?:)?/\\|\\$\\))(?![?*+{]).*");

  private PathCover() {}

  /// @param locations all of the host
  static void cover(Location at, List<Location> locations) {
    String text = at.path.path();
    String start = at.regexHost ? at.start : text;
    if (!start.isEmpty() && !start.startsWith("/")) {
      // No path begins like that, and nginx came here with none.
      return;
    }
    at.close();
    String what;
    if (at.regexHost && at.target.isOrderKnown()) {
      String covered = plain(at.expression.start());
      at.matchType = PathFamily.EXPRESSION;
      at.matchValue = expression(covered);
      what = "all that begins with " + covered + ", in any letter case,";
    } else {
      at.matchType = "PathPrefix";
      at.matchValue = at.regexHost ? Trees.text(prefix(at), "value") : folder(plain(text), text);
      if (at.regexHost) {
        at.further.add(
            Trees.map(
                "type", PathFamily.EXPRESSION, "value", expression(plain(at.expression.start()))));
      }
      closeSame(at, locations);
      what = "all below " + at.matchValue;
    }
    PathFamily.different(
        at,
        new Verdict.NotPossible(
            at.unwritable + ". So that its guard holds, " + what + " answers 500",
            "write it as a path that a route can have, and migrate again"));
  }

  private static String expression(String start) {
    return "(?i)" + PathExpression.quoted(start) + ".*";
  }

  /// A prefix that has all of an expression, but for its letter case.
  static Map<String, Object> prefix(Location at) {
    String start = at.expression.start();
    String behind = at.path.path().substring(Math.min(start.length(), at.path.path().length()));
    boolean ends = ENDS.matcher(behind).matches();
    String plain = plain(start);
    return Trees.map(
        "type",
        "PathPrefix",
        "value",
        ends && plain.equals(start) && PathFamily.isPlain(plain) ? plain : folder(plain, start));
  }

  /// As much of the beginning as a match can have.
  private static String plain(String start) {
    int end = 0;
    while (end < start.length()
        && end < ENOUGH
        && PathFamily.isPlain(start.substring(0, end + 1) + "x")) {
      end++;
    }
    return end == 0 ? "/" : start.substring(0, end);
  }

  private static String folder(String plain, String all) {
    return plain.equals(all) && plain.endsWith("/")
        ? plain
        : plain.substring(0, Math.max(1, plain.lastIndexOf('/')));
  }

  /// Other prefixes that are the same are closed as well, as only one of the two can be tried.
  private static void closeSame(Location at, List<Location> others) {
    others.stream()
        .filter(other -> other != at && PathOrder.isPrefix(other))
        .filter(other -> PathOrder.isSame(other.matchValue, at.matchValue))
        .forEach(other -> closeFor(at, other));
  }

  /// So are those below a cover that nginx tried after it: a gateway takes the longer prefix.
  static void closeBelow(Location at, String cover, List<Location> later) {
    later.stream()
        .filter(PathOrder::isPrefix)
        .filter(other -> small(other.matchValue).startsWith(small(cover)))
        .forEach(other -> closeFor(at, other));
  }

  /// And so is a path alone.
  static void closeExact(Location at, List<Location> later) {
    later.stream()
        .filter(other -> PathOrder.isExact(other) && BarePaths.takes(at, other.matchValue))
        .forEach(other -> closeFor(at, other));
  }

  private static String small(String prefix) {
    return PathOrder.withSlash(prefix).toLowerCase(Locale.ROOT);
  }

  private static void closeFor(Location at, Location other) {
    String path = at.path.path();
    close(
        other,
        "the guard of " + path + " cannot be written and this prefix would take its requests",
        "write " + path + " as a path that a route can have, and migrate again");
  }

  static void close(Location at, String since, String toDo) {
    if (at.served) {
      at.close();
      PathFamily.different(at, new Verdict.NotPossible("it answers 500, since " + since, toDo));
    }
  }
}
