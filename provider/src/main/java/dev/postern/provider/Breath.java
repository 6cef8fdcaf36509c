package dev.postern.provider;

/// What a thread that works on the configuration takes between two steps: others that wait for its
/// processor may have it.
///
/// The scheduler lets a thread run for some milliseconds before it looks who waits, also when that
/// is a worker with a request in its hands. Steps should take well below a millisecond. Where
/// processors are short of time a breath takes long, and the next one comes the later: the thread
/// keeps a quarter of the time at least. One thread at a time; asking when it is too early for
/// another breath costs a look at the clock.
public final class Breath implements Runnable {
  private static final long BETWEEN_NANOS = 100_000;

  /// Of the time that a breath took, what is worked before the next one.
  private static final int SHARE = 3;

  private long next = System.nanoTime() + BETWEEN_NANOS;

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // where the system makes nothing of it, nothing is lost
  public void run() {
    long now = System.nanoTime();
    if (now - next > 0) {
      Thread.yield();
      long after = System.nanoTime();
      next = after + Math.max(BETWEEN_NANOS, (after - now) / SHARE);
    }
  }
}
