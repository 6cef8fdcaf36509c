package dev.postern.gatewayapi.resolve;

import java.util.Optional;

/// Host names as Listener.hostname and HTTPRoute.hostnames mean them: exact, or `*.suffix` for one
/// label or more before the suffix; here `*` stands for any.
public final class Hostnames {
  /// Any host.
  public static final String ANY = "*";

  private Hostnames() {}

  /// Whether every host that `inner` takes is taken by `outer` too.
  public static boolean covers(String outer, String inner) {
    if (outer.equals(ANY) || outer.equals(inner)) {
      return true;
    }
    return outer.startsWith("*.")
        && !inner.equals(ANY)
        && inner.endsWith(outer.substring(1))
        && inner.length() > outer.length() - 1;
  }

  /// What both take.
  static Optional<String> intersect(String left, String right) {
    if (covers(left, right)) {
      return Optional.of(right);
    }
    return covers(right, left) ? Optional.of(left) : Optional.empty();
  }

  /// Whether some host is taken by both.
  static boolean overlap(String left, String right) {
    return covers(left, right) || covers(right, left);
  }
}
