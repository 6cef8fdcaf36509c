package dev.postern.gatewayapi.migrate;

import java.util.Arrays;
import java.util.stream.Collectors;

/// Text of others in commands that people copy: one word to a shell, whatever is in it.
public final class ShellWord {
  private ShellWord() {}

  /// As it is where no shell sees more than a word in it, else in single quotes.
  public static String of(String text) {
    return text.matches("[A-Za-z0-9_@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /// The two words of `namespace/name`.
  static String ofReference(String reference) {
    return Arrays.stream(reference.split("/", 2))
        .map(ShellWord::of)
        .collect(Collectors.joining(" "));
  }
}
