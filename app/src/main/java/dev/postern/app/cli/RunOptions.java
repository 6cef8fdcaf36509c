package dev.postern.app.cli;

import java.time.Duration;
import java.util.Set;

/// The options of every command that serves.
///
/// @param admin where the admin endpoint listens
/// @param accessLog `on`, `off` or a file's name
/// @param workers event loops
/// @param drainTimeout how long requests under way may take at the end
record RunOptions(HostPort admin, String accessLog, int workers, Duration drainTimeout) {

  /// Their names.
  static final Set<String> NAMES = Set.of("admin", "access-log", "workers", "drain-timeout");

  static final String HELP =
      """
        --admin HOST:PORT         where stats and status can be seen (127.0.0.1:19000);
                                  port 0 takes any that is free
        --access-log on|off|FILE  a line per request to standard output (on), nowhere,
                                  or to the end of a file
        --workers N               threads that carry traffic (one for each core)
        --drain-timeout DURATION  how long requests under way may take at the end (30s)
        -h, --help                show this help
      """;

  private static final int MOST_WORKERS = 1024;

  /// @throws CommandFailure for a value that makes no sense
  static RunOptions of(Arguments arguments) {
    int cores = Math.min(Runtime.getRuntime().availableProcessors(), MOST_WORKERS);
    return new RunOptions(
        HostPort.parse("--admin", arguments.value("admin").orElse("127.0.0.1:19000")),
        arguments.value("access-log").orElse("on"),
        arguments.number("workers", cores, 1, MOST_WORKERS),
        DurationText.parse("--drain-timeout", arguments.value("drain-timeout").orElse("30s")));
  }

  RunOptions withAdmin(HostPort other) {
    return new RunOptions(other, accessLog, workers, drainTimeout);
  }

  boolean logsNowhere() {
    return accessLog.equals("off");
  }

  boolean logsToStdout() {
    return accessLog.equals("on");
  }
}
