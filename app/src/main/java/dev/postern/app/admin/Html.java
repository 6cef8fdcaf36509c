package dev.postern.app.admin;

/// HTML under construction. What comes from outside goes through [#text], the rest is constants.
final class Html {
  private final StringBuilder out = new StringBuilder();

  /// Markup of the program itself.
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /// A number.
  Html number(long number) {
    out.append(number);
    return this;
  }

  /// Anything, escaped for element content and for quoted attribute values.
  Html text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c < ' ' && c != '\n' && c != '\t' ? '\ufffd' : c);
      }
    }
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
