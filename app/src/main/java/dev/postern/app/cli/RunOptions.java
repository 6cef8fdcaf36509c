package dev.postern.app.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/// The options of every command that serves.
final class RunOptions {
  private static final String OFF = "off";
  private static final int MOST_WORKERS = 1024;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:19000",
      converter = HostPort.Converter.class,
      description = "Where stats and status can be seen; port 0 takes any (${DEFAULT-VALUE}).")
  HostPort admin = new HostPort("127.0.0.1", 19000);

  @Option(
      names = "--access-log",
      paramLabel = "on|off|FILE",
      defaultValue = "on",
      description = "A line per request to standard output, nowhere, or to the end of a file (on).")
  String accessLog = "on";

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads that carry traffic (one for each core).",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
  int workers;

  @Option(
      names = "--drain-timeout",
      paramLabel = "DURATION",
      defaultValue = "30s",
      converter = DurationText.class,
      description = "How long requests under way may take when it stops (${DEFAULT-VALUE}).")
  Duration drainTimeout = Duration.ofSeconds(30);

  /// @throws CommandFailure for a number that is none of threads
  int workersOrCores() {
    if (workers < 0 || workers > MOST_WORKERS) {
      throw CommandFailure.misused("--workers takes 1 to " + MOST_WORKERS + ", not " + workers);
    }
    return workers == 0 ? Runtime.getRuntime().availableProcessors() : workers;
  }

  boolean logsNowhere() {
    return accessLog.equals(OFF);
  }

  boolean logsToStdout() {
    return accessLog.equals("on");
  }
}
