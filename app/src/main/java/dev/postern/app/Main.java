package dev.postern.app;

import dev.postern.app.cli.Cli;

/// The entry point of the program.
public final class Main {
  private Main() {}

  /// Runs one command and exits with its code.
  public static void main(String[] args) {
    System.exit(Cli.execute(args));
  }
}
