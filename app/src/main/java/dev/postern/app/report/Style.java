package dev.postern.app.report;

/// How text for a person may look.
///
/// @param width columns of the terminal, 40 or more
/// @param colour whether escape sequences are wanted
public record Style(int width, boolean colour) {

  /// For files, pipes and tests.
  public static final Style PLAIN = new Style(100, false);

  private static final String RESET = "\u001b[0m";

  public Style {
    width = Math.max(40, width);
  }

  String sign(Mark mark) {
    return paint(
        switch (mark) {
          case GOOD -> "32";
          case NOTE -> "36";
          case WARNING -> "33";
          case BAD -> "31";
        },
        mark.sign());
  }

  String bold(String text) {
    return paint("1", text);
  }

  String faint(String text) {
    return paint("2", text);
  }

  private String paint(String code, String text) {
    return colour && !text.isEmpty() ? "\u001b[" + code + "m" + text + RESET : text;
  }
}
