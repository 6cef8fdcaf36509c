package dev.postern.app.cli;

import dev.postern.app.report.Style;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where a command writes, and how it may look there.
///
/// @param out for answers
/// @param err for what is wrong with the question
/// @param given absent where the terminal has to be asked
record Terminal(PrintStream out, PrintStream err, Optional<Style> given) {
  private static final int WIDTH_OF_FILES = 100;

  /// For a person when it is a terminal, else plain. Not cheap.
  Style style() {
    return given.orElseGet(() ->
        isTerminal()
            ? new Style(askedWidth(), wantsColour(System.getenv()))
            : new Style(WIDTH_OF_FILES, false));
  }

  /// Whether a person is watching who may be shown what is written over again.
  boolean isInteractive() {
    return given.isEmpty() && isTerminal() && !"dumb".equals(System.getenv("TERM"));
  }

  @SuppressWarnings("SystemConsoleNull") // it may be, says its contract
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /// A person may say no (no-color.org).
  static boolean wantsColour(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !"dumb".equals(environment.get("TERM"));
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
