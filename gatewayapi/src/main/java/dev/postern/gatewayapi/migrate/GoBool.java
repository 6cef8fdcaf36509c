package dev.postern.gatewayapi.migrate;

import java.util.Set;

/// Truth as the controller read it, with Go's `strconv.ParseBool`: `1` and `T` are true, too. What
/// is neither true nor false is as if it were not there.
final class GoBool {
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  private GoBool() {}

  static boolean isTrue(String text) {
    return TRUE.contains(text.strip());
  }

  static boolean isFalse(String text) {
    return FALSE.contains(text.strip());
  }
}
