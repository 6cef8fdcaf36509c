package dev.postern.gatewayapi.migrate;

import com.google.re2j.PatternSyntaxException;
import dev.postern.gatewayapi.resolve.Re2;

/// The path of a location by itself, and use-regex. What the paths of a host are together is in
/// PathOrder.
final class PathFamily {
  static final String EXPRESSION = "RegularExpression";

  /// HTTPPathMatch.value takes 1024, of which an expression needs some itself.
  private static final int LONGEST = 900;

  private PathFamily() {}

  /// A rewrite or use-regex anywhere makes all paths of the host regular expressions, whatever
  /// their type, without regard to letter case and open at the end.
  static void convert(Location at) {
    String type = at.path.type();
    if (!type.matches("Exact|Prefix")) {
      at.say(
          "pathType",
          type,
          new Verdict.Different(
              "there is no such type, and an API server refuses it; it is read as a prefix"));
    }
    if (at.regexHost) {
      ofExpressions(at);
    } else {
      plain(at);
    }
    boolean rooted = at.matchValue.startsWith("/") || at.matchType.equals(EXPRESSION);
    boolean writable =
        at.matchType.equals(EXPRESSION) ? at.matchValue.length() <= 1024 : isPlain(at.matchValue);
    if (!at.matchValue.isEmpty() && (!rooted || !writable)) {
      unwritable(at, "no route can have this path", "write a path without it");
    }
  }

  private static void unwritable(Location at, String why, String toDo) {
    at.matchValue = "";
    at.unwritable = why;
    different(at, new Verdict.NotPossible(why, toDo));
  }

  static void different(Location at, Verdict verdict) {
    at.say("path", at.path.path(), verdict);
  }

  private static void plain(Location at) {
    String path = at.path.path();
    if (at.path.type().equals("Exact")) {
      at.matchType = "Exact";
    } else if (path.endsWith("/") && path.length() > 1) {
      different(
          at,
          new Verdict.Different(
              path.substring(0, path.length() - 1)
                  + " goes to the backend, too; nginx sent it to "
                  + path));
    }
  }

  private static void ofExpressions(Location at) {
    String path = at.path.path();
    PathExpression expression = at.expression;
    if (path.length() > LONGEST) {
      unwritable(at, "no route can have a path as long as this", "write a shorter one");
    } else if (expression.prefix().isPresent()) {
      at.matchValue = expression.prefix().get();
      if (!expression.takesAll()) {
        different(
            at,
            new Verdict.Different(
                "letter case matters now"
                    + (expression.hasDot()
                        ? ", and a dot is a dot, no longer any character"
                        : "")));
      }
    } else if (expression.isLiteral()) {
      different(
          at,
          new Verdict.Different(
              "a regular expression for nginx, since an Ingress of this host has use-regex or"
                  + " rewrite-target: "
                  + path
                  + "x was taken too, in any letter case; now it is a prefix that ends at a slash"));
    } else {
      regex(at);
    }
  }

  private static void regex(Location at) {
    if (at.expression.quotes()) {
      unwritable(at, "no route can have this expression: \\Q", "quote each character by itself");
      return;
    }
    try {
      Re2.compile(at.expression.whole());
      at.matchType = EXPRESSION;
      at.matchValue = at.expression.whole();
      different(at, new Verdict.Different(words(at)));
    } catch (PatternSyntaxException e) {
      unwritable(
          at, "no route can have this expression: " + e.getDescription(), "write it without that");
    }
  }

  static String words(Location at) {
    return "a regular expression, which "
        + at.target.expressionsAmongPrefixes()
        + "; nginx took the longest text"
        + (at.expression.hasAlternatives()
            ? ". Behind a | at the top it has what nginx took, which is any place in the path"
            : "");
  }

  /// Once its match is settled.
  static void useRegex(Location at) {
    at.same(
        "use-regex",
        at.regexHost && at.matchType.equals(EXPRESSION)
            ? "a RegularExpression match"
            : at.matchValue.isEmpty() ? "see path" : "prefixes; see path");
  }

  /// Whether an Exact or PathPrefix match can have this value (HTTPPathMatch).
  static boolean isPlain(String path) {
    return path.length() <= 1024
        && path.matches("(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})++")
        && !path.matches(".*(//|/\\.\\.?(/|$)|%2[fF]).*");
  }

  /// Whether the path becomes another for the backend (needsRewrite of the controller).
  static boolean rewrites(Location at) {
    String target = at.value("rewrite-target");
    return !target.isEmpty() && !target.equals(at.path.path());
  }
}
