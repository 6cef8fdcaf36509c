package dev.postern.proxy.worker;

import java.util.concurrent.TimeUnit;

/// Decides when a loop pauses, by what it is told of it.
interface Pausing {
  /// How long a window is, at least.
  long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /// How long the loop is to pause; 0 for not at all. The system adds what it thinks fit: 50 us of
  /// slack (prctl(2), PR_SET_TIMERSLACK) and its time to wake up.
  long pauseNanos();

  /// A stretch of time is over.
  void window(LoopWindow window);
}
