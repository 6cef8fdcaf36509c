package dev.postern.proxy.upstream;

import dev.postern.ir.Cluster;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How many of a cluster's requests may be repeated ones (GEP-3388), so that a backend in trouble
/// does not get several times its load. One for all event loops: requests are counted within the
/// interval and the one before it.
public final class RetryBudget {
  private final Cluster.RetryBudget budget;
  private final Window share;
  private final Window least;

  RetryBudget(Cluster.RetryBudget budget, long nowNanos) {
    this.budget = budget;
    this.share = new Window(budget.interval().toNanos(), nowNanos);
    this.least = new Window(budget.minInterval().toNanos(), nowNanos);
  }

  /// What a cluster has from now on: the same as before unless it wants another.
  static @Nullable RetryBudget next(@Nullable RetryBudget before, @Nullable ClusterSpec spec) {
    Cluster.RetryBudget wanted = spec == null ? null : spec.cluster().retryBudget().orElse(null);
    if (wanted == null) {
      return null;
    }
    return before != null && before.budget.equals(wanted)
        ? before
        : new RetryBudget(wanted, System.nanoTime());
  }

  /// A request came: its first attempt.
  public void requested() {
    requested(System.nanoTime());
  }

  synchronized void requested(long nowNanos) {
    share.move(nowNanos);
    share.requests++;
  }

  /// Whether one more attempt may be made; counts it.
  public boolean spend() {
    return spend(System.nanoTime());
  }

  synchronized boolean spend(long nowNanos) {
    share.move(nowNanos);
    least.move(nowNanos);
    boolean within =
        (share.retries + share.retriesBefore + 1) * 100
            <= (share.requests + share.requestsBefore) * budget.percent();
    if (!within && least.retries >= budget.minRetries()) {
      return false;
    }
    share.retries++;
    least.retries++;
    return true;
  }

  /// What was counted since the start of an interval, and in the one before.
  private static final class Window {
    private final long length;
    private long start;
    private long requests;
    private long requestsBefore;
    private long retries;
    private long retriesBefore;

    Window(long length, long nowNanos) {
      this.length = Math.max(length, TimeUnit.MILLISECONDS.toNanos(1));
      this.start = nowNanos;
    }

    void move(long nowNanos) {
      long passed = (nowNanos - start) / length;
      if (passed <= 0) {
        return;
      }
      requestsBefore = passed == 1 ? requests : 0;
      retriesBefore = passed == 1 ? retries : 0;
      requests = 0;
      retries = 0;
      start += passed * length;
    }
  }
}
