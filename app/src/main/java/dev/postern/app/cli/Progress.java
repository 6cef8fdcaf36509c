package dev.postern.app.cli;

import java.io.PrintStream;

/// How far a long command has come: one line on a terminal that is written over and goes away at
/// the end. Silent anywhere else.
final class Progress implements AutoCloseable {
  private static final int BAR = 30;
  private static final int PER_CENT = 100;

  private final PrintStream out;
  private final boolean visible;
  private String shown = "";

  Progress(PrintStream out, boolean visible) {
    this.out = out;
    this.visible = visible;
  }

  static Progress on(Terminal terminal) {
    return new Progress(terminal.err(), terminal.isInteractive());
  }

  /// Writes only when what is to be seen has changed.
  ///
  /// @param what is being done
  void show(String what, int done, int all) {
    if (!visible || all <= 0) {
      return;
    }
    int filled = (int) ((long) done * BAR / all);
    long share = (long) done * PER_CENT / all;
    String line =
        "%s%s %3d %% %s".formatted("#".repeat(filled), ".".repeat(BAR - filled), share, what);
    if (!line.equals(shown)) {
      out.print("\r" + line + " ".repeat(Math.max(0, shown.length() - line.length())));
      out.flush();
      shown = line;
    }
  }

  @Override
  public void close() {
    if (!shown.isEmpty()) {
      out.print("\r" + " ".repeat(shown.length()) + "\r");
      out.flush();
    }
  }
}
