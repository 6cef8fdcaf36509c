package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// What nginx took for a prefix and no PathPrefix takes: the prefix in another letter case, or with
/// another character where it has a dot.
final class PrefixStrays {
  private static final String ANY = ".";

  private PrefixStrays() {}

  /// An expression that takes all of that and nothing else; empty for none.
  static String of(PathExpression expression) {
    String strays = strays(characters(expression.beforeTail()));
    return strays.isEmpty() ? "" : strays + "(?:/.*)?";
  }

  /// Each as an expression has it.
  private static List<String> characters(String prefix) {
    List<String> characters = new ArrayList<>();
    for (int i = 0; i < prefix.length(); i++) {
      int start = i;
      i += prefix.charAt(i) == '\\' ? 1 : 0;
      characters.add(prefix.substring(start, i + 1));
    }
    return characters;
  }

  /// What differs in the first half, or is as written there and differs in the second. Halves keep
  /// it short.
  private static String strays(List<String> characters) {
    if (characters.size() < 2) {
      return characters.isEmpty() ? "" : other(characters.getFirst());
    }
    List<String> left = characters.subList(0, characters.size() / 2);
    List<String> right = characters.subList(characters.size() / 2, characters.size());
    String inLeft = strays(left);
    String inRight = strays(right);
    String first = inLeft + "(?i:" + String.join("", right) + ")";
    String second = written(left) + inRight;
    return inLeft.isEmpty()
        ? inRight.isEmpty() ? "" : second
        : inRight.isEmpty() ? first : "(?:" + first + "|" + second + ")";
  }

  private static String written(List<String> characters) {
    return characters.stream()
        .map(one -> one.equals(ANY) ? "\\." : one)
        .collect(Collectors.joining());
  }

  private static String other(String character) {
    char c = character.charAt(0);
    return character.equals(ANY)
        ? "[^.]"
        : Character.isUpperCase(c)
            ? "" + Character.toLowerCase(c)
            : Character.isLowerCase(c) ? "" + Character.toUpperCase(c) : "";
  }
}
