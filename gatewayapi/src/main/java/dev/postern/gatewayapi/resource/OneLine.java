package dev.postern.gatewayapi.resource;

/// Text from manifests as it may stand in a log and on a terminal: whoever writes a manifest must
/// not be able to forge a line or to send the terminal a command.
public final class OneLine {
  private OneLine() {}

  /// The text without control characters, line breaks and invisible ones that change the direction,
  /// cut where it is too long. Most texts are returned as they are.
  ///
  /// @param limit in characters
  public static String of(String text, int limit) {
    return isPlain(text) && text.length() <= limit ? text : cleaned(text, limit);
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  private static String cleaned(String text, int limit) {
    var clean = new StringBuilder(Math.min(text.length(), limit) + 3);
    int at = 0;
    while (at < text.length() && at < limit) {
      int point = text.codePointAt(at);
      clean.appendCodePoint(isShown(point) ? point : '?');
      at += Character.charCount(point);
    }
    return clean.append(at < text.length() ? "..." : "").toString();
  }

  private static boolean isShown(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
