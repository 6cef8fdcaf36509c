package dev.postern.gatewayapi.migrate;

import com.google.re2j.PatternSyntaxException;
import dev.postern.gatewayapi.resolve.Re2;
import java.util.List;

/// A path with a slash at its end was that of an expression, `^/a/`, which does not take `/a`. A
/// PathPrefix does (HTTPPathMatch): where a guard took `/a`, it gets it as an exact path.
final class BarePaths {
  private BarePaths() {}

  /// @param ordered as nginx tried them
  static void settle(Location at, List<Location> ordered) {
    String path = at.path.path();
    if (!PathOrder.isPrefix(at) || !at.expression.isLiteral() || !path.matches("(?s)/.*/")) {
      return;
    }
    String bare = path.substring(0, path.length() - 1);
    ordered.stream()
        .filter(other -> other != at && !other.matchValue.isEmpty() && takes(other, bare))
        .findFirst()
        .filter(PathOrder::isGuarded)
        .ifPresent(other -> other.further.add(Trees.map("type", "Exact", "value", bare)));
  }

  /// Whether nginx took a path there, had it come to it.
  static boolean takes(Location at, String path) {
    try {
      return !at.unwritable.isEmpty() || Re2.compile(at.expression.whole()).matches(path);
    } catch (PatternSyntaxException e) {
      return true;
    }
  }
}
