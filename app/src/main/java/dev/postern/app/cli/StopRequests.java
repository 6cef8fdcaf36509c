package dev.postern.app.cli;

import java.time.Duration;

/// What signals that ask for an end come to. Some send each of them twice, to the process and to
/// its group: timeout(1), and a script that passes on the Ctrl-C that its terminal sends to both.
final class StopRequests {
  /// Those that come so soon after the first are the same request.
  static final Duration SAME = Duration.ofMillis(200);

  private boolean asked;
  private long first;

  /// Takes in a signal. Returns whether it asks for an end at once.
  ///
  /// @param nanos the time, by [System#nanoTime]
  synchronized boolean isEndAtOnce(long nanos) {
    if (!asked) {
      asked = true;
      first = nanos;
    }
    return nanos - first > SAME.toNanos();
  }
}
