package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The path of an Ingress where nginx reads it as a regular expression: `location ~* "^TEXT"`,
/// without regard to letter case and open at the end.
record PathExpression(String text) {
  /// What stands behind a prefix that ends at a slash or at the end.
  private static final String TAIL = "(/|$)(.*)";

  /// What takes every path. `/$` is the root alone.
  private static final Pattern ALL =
      Pattern.compile("/\\??(?:|(?:\\.\\*|\\(\\.\\*\\)|\\(\\)\\(\\.\\*\\))\\$?)");

  /// HTTPPathMatch.value.
  private static final int LONGEST = 1024;

  private static final String SPECIAL = "\\^$.|?*+()[]{}";

  /// That matches this text alone.
  static String quoted(String literal) {
    StringBuilder quoted = new StringBuilder();
    for (int i = 0; i < literal.length(); i++) {
      char c = literal.charAt(i);
      quoted.append(SPECIAL.indexOf(c) >= 0 ? "\\" : "").append(c);
    }
    return quoted.toString();
  }

  boolean isLiteral() {
    return text.chars().noneMatch(c -> SPECIAL.indexOf(c) >= 0);
  }

  boolean takesAll() {
    return ALL.matcher(text).matches() || text.equals(TAIL);
  }

  /// The prefix that this is, where it ends at a slash or at the end. A dot in it is taken for
  /// itself.
  Optional<String> prefix() {
    if (takesAll()) {
      return Optional.of("/");
    }
    String before = beforeTail();
    return !before.startsWith("/")
            || before.length() > LONGEST
            || before.endsWith("/")
            || !before.matches("(?:[^\\\\^$|?*+()\\[\\]{}]|\\\\[./_-])++")
        ? Optional.empty()
        : Optional.of(before.replace("\\", ""));
  }

  /// Whether a dot in the prefix stood for any character.
  boolean hasDot() {
    return beforeTail().replace("\\.", "").contains(".");
  }

  /// The text of the prefix, where something stands behind it.
  String beforeTail() {
    return text.endsWith(TAIL) ? text.substring(0, text.length() - TAIL.length()) : "";
  }

  /// The variable that has what is behind the prefix and its slash; empty for none.
  String rest() {
    return text.endsWith(TAIL) || text.startsWith("/()(") ? "$2" : text.equals("/(.*)") ? "$1" : "";
  }

  /// One that takes the whole path, as the Gateway API has it. In nginx the first alternative alone
  /// is bound to the start.
  String whole() {
    List<String> alternatives = alternatives();
    return alternatives.size() == 1
        ? "(?i)" + text + ".*"
        : "(?i)(?:" + String.join(".*|.*", alternatives) + ".*)";
  }

  /// Whether text is taken as it stands from some place on, so that nothing can be added to it.
  boolean quotes() {
    return text.matches("(?s)(?:[^\\\\]|\\\\[^Q])*+\\\\Q.*");
  }

  private List<String> alternatives() {
    List<String> alternatives = new ArrayList<>();
    int from = 0;
    int depth = 0;
    boolean set = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (set) {
        set = c != ']';
      } else if (c == '[') {
        set = true;
        i += text.startsWith("^]", i + 1) ? 2 : text.startsWith("]", i + 1) ? 1 : 0;
      } else if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      } else if (c == '|' && depth == 0) {
        alternatives.add(text.substring(from, i));
        from = i + 1;
      }
    }
    alternatives.add(text.substring(from));
    return alternatives;
  }

  boolean hasAlternatives() {
    return alternatives().size() > 1;
  }

  /// With what all paths begin that it takes, apart from their letter case, as far as it is written
  /// out.
  String start() {
    if (hasAlternatives()) {
      return "";
    }
    StringBuilder start = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean escape = c == '\\' && i + 1 < text.length() && isMark(text.charAt(i + 1));
      if (escape) {
        start.append(text.charAt(++i));
      } else if (SPECIAL.indexOf(c) < 0) {
        start.append(c);
      } else {
        boolean perhapsNone = c == '?' || c == '*' || c == '{';
        return perhapsNone && !start.isEmpty()
            ? start.substring(0, start.length() - 1)
            : "" + start;
      }
    }
    return start.toString();
  }

  private static boolean isMark(char c) {
    return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
  }
}
