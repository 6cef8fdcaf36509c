package dev.postern.gatewayapi.migrate;

import com.google.re2j.PatternSyntaxException;
import dev.postern.gatewayapi.resolve.Re2;
import java.util.Map;

/// The path of a location, use-regex and rewrite-target.
final class PathFamily {
  private static final String TAIL = "(/|$)(.*)";

  private PathFamily() {}

  static void convert(Location at) {
    path(at);
    rewrite(at);
  }

  /// A rewrite or use-regex anywhere makes all paths of the host regular expressions, whatever
  /// their type, without regard to letter case and open at the end.
  private static void path(Location at) {
    String path = at.path.path();
    String type = at.path.type();
    if (!type.matches("Exact|Prefix|ImplementationSpecific|")) {
      at.say(
          "pathType",
          type,
          new Verdict.Different(
              "there is no such type, and an API server refuses it; it is read as a prefix"));
    }
    if (!at.regexHost) {
      if (type.equals("Exact")) {
        at.matchType = "Exact";
      } else if (!type.equals("Prefix") && !path.endsWith("/")) {
        at.say(
            "path",
            path,
            new Verdict.Different(
                "nginx took " + path + "x too; a prefix ends at a slash or at the end now"));
      } else if (!type.equals("Prefix") && path.length() > 1) {
        at.say(
            "path",
            path,
            new Verdict.Different(
                path.substring(0, path.length() - 1)
                    + " goes to the backend, too; nginx sent it to "
                    + path));
      }
    } else if (path.endsWith(TAIL) && isLiteral(path.substring(0, path.length() - TAIL.length()))) {
      String start = path.substring(0, path.length() - TAIL.length());
      at.matchValue = start.isEmpty() ? "/" : start;
      at.say("path", path, new Verdict.Different("letter case matters now"));
    } else if (path.equals("/")) {
      // As an expression it takes all paths, too.
      at.matchValue = "/";
    } else if (isLiteral(path)) {
      at.say(
          "path",
          path,
          new Verdict.Different(
              "a regular expression for nginx, since an Ingress of this host has use-regex or"
                  + " rewrite-target: "
                  + path
                  + "x was taken too, in any letter case; now it is a prefix that ends at a slash"));
    } else {
      regex(at, path);
    }
    boolean rooted = at.matchValue.startsWith("/") || at.matchType.equals("RegularExpression");
    boolean plain =
        at.matchType.equals("RegularExpression")
            ? at.matchValue.length() <= 1024
            : isPlain(at.matchValue);
    if (!at.matchValue.isEmpty() && (!rooted || !plain)) {
      at.matchValue = "";
      at.say(
          "path",
          path,
          new Verdict.NotPossible("no route can have this path", "write a path without it"));
    }
    at.same(
        "use-regex",
        at.regexHost && at.matchType.equals("RegularExpression")
            ? "a RegularExpression match"
            : at.matchValue.isEmpty() ? "see path" : "prefixes; see path");
  }

  private static void regex(Location at, String path) {
    String expression = "(?i)" + path + ".*";
    try {
      Re2.compile(expression);
      at.matchType = "RegularExpression";
      at.matchValue = expression;
      at.say(
          "path",
          path,
          new Verdict.Different(
              "a regular expression, which counts after all prefixes; nginx took the longest text"));
    } catch (PatternSyntaxException e) {
      at.matchValue = "";
      at.say(
          "path",
          path,
          new Verdict.NotPossible(
              "no route can have this expression: " + e.getDescription(), "write it without that"));
    }
  }

  /// Whether an Exact or PathPrefix match can have this value (HTTPPathMatch).
  private static boolean isPlain(String path) {
    return path.length() <= 1024
        && path.matches("(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})++")
        && !path.matches(".*(//|/\\.\\.?(/|$)|%2[fF]).*");
  }

  private static boolean isLiteral(String path) {
    return path.chars().noneMatch(c -> "\\^$.|?*+()[]{}".indexOf(c) >= 0);
  }

  private static void rewrite(Location at) {
    String target = at.value("rewrite-target");
    if (target.isEmpty() || target.equals(at.path.path())) {
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
    boolean tail = at.path.path().endsWith(TAIL) && target.endsWith("$2");
    String start = tail ? target.substring(0, target.length() - 2) : target;
    if (start.contains("$") || !start.startsWith("/")) {
      at.lost(
          "rewrite-target",
          "a rewrite with captures such as " + target + " has no word in the Gateway API",
          "have the backend answer under the path that clients ask for");
      return;
    }
    Map<String, Object> path =
        tail && at.matchType.equals("PathPrefix")
            ? Trees.map("type", "ReplacePrefixMatch", "replacePrefixMatch", start)
            : Trees.map("type", "ReplaceFullPath", "replaceFullPath", start);
    at.filter("URLRewrite", "urlRewrite", Trees.map("path", path));
    at.same("rewrite-target", "URLRewrite " + path.get("type") + " " + start);
  }
}
