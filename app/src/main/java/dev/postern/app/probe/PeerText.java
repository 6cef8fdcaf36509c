package dev.postern.app.probe;

/// What a peer sent, made fit for a terminal and for YAML: one line, of printable ASCII, not long.
public final class PeerText {
  private static final int LONGEST = 200;

  private PeerText() {}

  /// Everything else becomes a question mark.
  public static String clean(String text) {
    var clean = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), LONGEST); i++) {
      char c = text.charAt(i);
      clean.append(c >= ' ' && c < 127 ? c : '?');
    }
    return text.length() > LONGEST ? clean.append("...").toString() : clean.toString();
  }
}
