package dev.postern.provider;

/// What a thread that works on the configuration takes between two steps: whoever waits for its
/// processor gets it.
///
/// The scheduler lets a thread run for some milliseconds before it looks who waits, also when that
/// is a worker with a request in its hands. Steps should take well below a millisecond. One thread
/// at a time; when it is too early for another breath, asking costs some 25 ns.
public final class Breath implements Runnable {
  private static final long BETWEEN_NANOS = 100_000;

  private long last = System.nanoTime();

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // where the system makes nothing of it, nothing is lost
  public void run() {
    long now = System.nanoTime();
    if (now - last > BETWEEN_NANOS) {
      Thread.yield();
      last = System.nanoTime();
    }
  }
}
