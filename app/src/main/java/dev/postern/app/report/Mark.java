package dev.postern.app.report;

/// How a thing stands.
public enum Mark {
  GOOD("ok", "✓"),
  NOTE("note", "·"),
  WARNING("warning", "!"),
  BAD("bad", "✗");

  private final String text;
  private final String sign;

  Mark(String text, String sign) {
    this.text = text;
    this.sign = sign;
  }

  /// Whether somebody has to do something about it.
  public boolean isTrouble() {
    return this == WARNING || this == BAD;
  }

  /// For a program.
  public String text() {
    return text;
  }

  /// For a person.
  public String sign() {
    return sign;
  }
}
