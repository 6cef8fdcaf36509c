package dev.postern.app.cli;

import dev.postern.app.report.Style;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/// Where a command writes, and how it may look there.
///
/// @param out for answers
/// @param err for what is wrong with the question
/// @param colour whether a person looks at it who did not say no by `NO_COLOR` (no-color.org)
/// @param width columns
record Terminal(PrintStream out, PrintStream err, boolean colour, int width) {
  private static final int WIDTH_OF_FILES = 100;
  private static final int WIDTH_OF_HELP = 100;

  /// Finds out what it is.
  Terminal(PrintStream out, PrintStream err) {
    this(out, err, isTerminal() && wantsColour(System.getenv()), 0);
  }

  @SuppressWarnings("SystemConsoleNull") // it may be, says its contract
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  static boolean wantsColour(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !"dumb".equals(environment.get("TERM"));
  }

  Ansi helpColours() {
    return colour ? Ansi.ON : Ansi.OFF;
  }

  int helpWidth() {
    return WIDTH_OF_HELP;
  }

  /// Asks the terminal for its width, so not cheap.
  Style style() {
    if (width > 0) {
      return new Style(width, colour);
    }
    return new Style(isTerminal() ? askedWidth() : WIDTH_OF_FILES, colour);
  }

  /// The JDK does not know; stty does, of the terminal on its standard input.
  private static int askedWidth() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Path.of("/dev/tty").toFile())
              .redirectError(Redirect.DISCARD)
              .start();
      String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      int columns = Integer.parseInt(answer.strip().replaceFirst("^\\d+ ", ""));
      return columns > 0 ? columns : WIDTH_OF_FILES;
    } catch (IOException | NumberFormatException e) {
      return WIDTH_OF_FILES;
    }
  }
}
