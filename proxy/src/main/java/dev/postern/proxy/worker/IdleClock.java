package dev.postern.proxy.worker;

/// For how long nothing has moved. Whatever moves reads no clock for it: the [Sweeper] does, so
/// what this says is less than the truth by up to the time between two sweeps, and never more.
public final class IdleClock {
  private long sinceNanos;
  private boolean moved = true;

  /// Begins at another time than the first sweep.
  public void start(long nowNanos) {
    sinceNanos = nowNanos;
    moved = false;
  }

  /// Something moves.
  public void moved() {
    moved = true;
  }

  /// For how long nothing has moved, in nanoseconds. To be asked in every sweep.
  public long idleNanos(long nowNanos) {
    if (moved) {
      start(nowNanos);
    }
    return nowNanos - sinceNanos;
  }
}
