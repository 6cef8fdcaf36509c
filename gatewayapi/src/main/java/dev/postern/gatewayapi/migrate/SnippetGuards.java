package dev.postern.gatewayapi.migrate;

import java.util.regex.Pattern;

/// Whether a line keeps requests away, or answers them itself.
final class SnippetGuards {
  private static final Pattern GUARD =
      Pattern.compile(
          "deny|allow|satisfy|internal|limit_except|valid_referers|ssl_verify_client"
              + "|auth_.*|(access|rewrite|server_rewrite|content)_by_lua.*|secure_link.*");

  private SnippetGuards() {}

  static boolean guards(NginxDirective line, String path) {
    if (line.name().equals("return")) {
      return true;
    }
    return GUARD.matcher(line.name()).matches() || within(line, path);
  }

  /// A redirect on a condition is no guard; a refusal is.
  private static boolean within(NginxDirective line, String path) {
    if (line.name().equals("location") && !overlaps(line, path)) {
      return false;
    }
    return line.block().stream()
        .anyMatch(inner ->
            inner.name().equals("return")
                ? !inner.argument(0).matches("[123][0-9][0-9]|https?:.*|\\$scheme.*")
                : guards(inner, path));
  }

  private static boolean overlaps(NginxDirective location, String path) {
    String modifier = location.argument(0);
    if (modifier.startsWith("~") || modifier.startsWith("@")) {
      return true;
    }
    String start = location.arguments().isEmpty() ? "/" : location.arguments().getLast();
    return path.startsWith(start) || start.startsWith(path);
  }
}
