package dev.postern.app;

import dev.postern.app.cli.Cli;

/// The entry point of the program.
public final class Main {
  private static final String NETTY_JFR = "io.netty.jfr.enabled";

  private Main() {}

  /// Runs one command and exits with its code.
  public static void main(String[] args) {
    // Netty's events for the flight recorder would cost a fifth of the time to the first request.
    if (System.getProperty(NETTY_JFR) == null) {
      System.setProperty(NETTY_JFR, "false");
    }
    System.exit(Cli.execute(args));
  }
}
