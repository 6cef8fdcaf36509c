package dev.postern.proxy.worker;

/// The time on a worker's loop, read at most once in a round of it: what happens in one round
/// happens at one time, which is behind [System#nanoTime] by no more than the round takes. Rounds
/// mostly last microseconds, with many handshakes in one also tens of milliseconds: what is timed
/// by it may seem that much longer than it was.
///
/// For the loop's thread alone.
public final class LoopClock {
  private long nanos;
  private boolean read;
  private long rounds;

  /// By [System#nanoTime].
  public long nanos() {
    if (!read) {
      nanos = System.nanoTime();
      read = true;
    }
    return nanos;
  }

  /// How many rounds have begun.
  long rounds() {
    return rounds;
  }

  /// A round begins.
  void round() {
    read = false;
    rounds++;
  }
}
