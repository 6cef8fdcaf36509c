package dev.postern.gatewayapi.migrate;

import java.util.Map;

/// Rewrite-target: `rewrite "(?i)PATH" TARGET break`, which replaces the whole path.
final class RewriteFamily {
  private static final String TO_DO = "have the backend answer under the path that clients ask for";

  private RewriteFamily() {}

  static void convert(Location at) {
    String target = at.value("rewrite-target");
    if (!PathFamily.rewrites(at)) {
      at.same("rewrite-target", "the path as it is");
      return;
    }
    if (target.matches("https?://.*|\\$scheme.*")) {
      at.lost(
          "rewrite-target",
          "with a URL nginx answered 302 with it; the requests go to the backend now",
          "write temporal-redirect in place of rewrite-target, and migrate again");
      return;
    }
    String rest = at.expression.rest();
    boolean tail = !rest.isEmpty() && target.endsWith(rest);
    String start = tail ? target.substring(0, target.length() - 2) : target;
    if (start.contains("$") || !start.startsWith("/") || (tail && !isPrefix(at))) {
      at.lost(
          "rewrite-target",
          "a rewrite with captures such as "
              + target
              + (tail ? ", behind a path that is no prefix," : "")
              + " has no word in the Gateway API",
          TO_DO);
    } else if (start.contains("?")) {
      at.lost("rewrite-target", "a URLRewrite sets no query, and " + target + " has one", TO_DO);
    } else if (!PathFamily.isPlain(start) || start.contains("%")) {
      at.lost("rewrite-target", "no URLRewrite can have the path " + start, TO_DO);
    } else if (tail && !start.endsWith("/")) {
      at.lost(
          "rewrite-target",
          "a URLRewrite puts a slash between " + start + " and the rest, and nginx did not",
          TO_DO);
    } else {
      write(at, tail, start);
    }
  }

  private static boolean isPrefix(Location at) {
    return at.matchType.equals("PathPrefix") && at.expression.prefix().isPresent();
  }

  private static void write(Location at, boolean tail, String start) {
    if (tail && start.equals("/") && at.matchValue.equals("/")) {
      at.same("rewrite-target", "the path as it is");
      return;
    }
    Map<String, Object> path =
        tail
            ? Trees.map("type", "ReplacePrefixMatch", "replacePrefixMatch", start)
            : Trees.map("type", "ReplaceFullPath", "replaceFullPath", start);
    at.filter("URLRewrite", "urlRewrite", Trees.map("path", path));
    at.same("rewrite-target", "URLRewrite " + path.get("type") + " " + start);
  }

  static boolean replacesPrefix(Location at) {
    return path(at).containsKey("replacePrefixMatch");
  }

  private static Map<?, ?> path(Location at) {
    Map<?, ?> filter = at.filters.getOrDefault("URLRewrite", Map.of());
    return Trees.child(Trees.child(filter, "urlRewrite"), "path");
  }

  /// A prefix is replaced behind a PathPrefix alone (HTTPRouteRule).
  static void lose(Location at, String why) {
    Map<String, Object> filter = at.filters.getOrDefault("URLRewrite", Map.of());
    Map<String, Object> rewrite = Trees.copy(Trees.child(filter, "urlRewrite"));
    rewrite.remove("path");
    if (rewrite.isEmpty()) {
      at.filters.remove("URLRewrite");
    } else {
      filter.put("urlRewrite", rewrite);
    }
    at.lost("rewrite-target", why, TO_DO);
  }
}
