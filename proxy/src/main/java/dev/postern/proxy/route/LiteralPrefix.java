package dev.postern.proxy.route;

/// What every text that a regular expression takes as a whole begins with. Errs on the short side:
/// only plain ASCII that cannot mean anything else counts.
final class LiteralPrefix {
  private LiteralPrefix() {}

  static String of(String re2) {
    if (mayBranch(re2)) {
      return "";
    }
    StringBuilder literal = new StringBuilder();
    int i = re2.startsWith("^") ? 1 : 0;
    while (i < re2.length()) {
      char c = re2.charAt(i);
      int next = i + 1;
      if (c == '\\' && next < re2.length() && ".-/+".indexOf(re2.charAt(next)) >= 0) {
        c = re2.charAt(next);
        next++;
      } else if (!isPlain(c)) {
        break;
      }
      if (next < re2.length() && "*?{".indexOf(re2.charAt(next)) >= 0) {
        break; // perhaps not even once
      }
      literal.append(c);
      i = next;
    }
    return literal.toString();
  }

  /// Whether there is a `|` outside of parentheses, or what is hard to tell.
  private static boolean mayBranch(String re2) {
    int depth = 0;
    for (int i = 0; i < re2.length(); i++) {
      switch (re2.charAt(i)) {
        case '\\' -> {
          i++;
          if (i < re2.length() && re2.charAt(i) == 'Q') {
            return true;
          }
        }
        case '(' -> depth++;
        case ')' -> depth--;
        case '[' -> {
          if (re2.indexOf('|', i) >= 0) {
            return true;
          }
        }
        case '|' -> {
          if (depth == 0) {
            return true;
          }
        }
        default -> {}
      }
    }
    return false;
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "/-_~%@!=,;:&#".indexOf(c) >= 0;
  }
}
