package dev.postern.proxy.worker;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Pauses before a loop waits while it is told to, and tells how the loop does. The clock is looked
/// at once in many rounds.
///
/// What other threads want done waits for a pause as well, and so does what is due at a time: some
/// hundred microseconds.
final class CoalescingHandler extends ForwardingIoHandler {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 32;

  private final Pausing pausing;
  private final LoopGauges gauges;
  private @Nullable AtOnce atOnce;
  private int rounds;

  /// All until the last window ended; the time by [System#nanoTime].
  private @Nullable LoopWindow before;

  private long lookedNanos = System.nanoTime();
  private long requestNanos;

  /// The requests under way before each round since the last look, added up. Where they come and go
  /// together, each second round has none, or each other one.
  private long underWay;

  CoalescingHandler(IoHandler io, Pausing pausing, LoopGauges gauges) {
    super(io);
    this.pausing = pausing;
    this.gauges = gauges;
  }

  /// Whether the system tells what a thread costs, and nobody has said `-Dpostern.pauses=off`.
  static boolean isWanted() {
    return THREADS.isCurrentThreadCpuTimeSupported()
        && !"off".equals(System.getProperty("postern.pauses"));
  }

  @Override
  public int run(IoHandlerContext context) {
    underWay += gauges.requestsUnderWay();
    if (++rounds == ROUNDS) {
      look();
      rounds = 0;
      underWay = 0;
    }
    long pause = pausing.pauseNanos();
    if (pause == 0 || !context.canBlock()) {
      return super.run(context);
    }
    int handled = super.run(atOnce(context));
    if (handled != 0 || !context.canBlock()) {
      return handled;
    }
    LockSupport.parkNanos(this, pause);
    return super.run(context);
  }

  private void look() {
    long now = System.nanoTime();
    requestNanos += (long) ((double) (now - lookedNanos) * underWay / ROUNDS);
    lookedNanos = now;
    LoopWindow last = before;
    if (last != null && now - last.nanos() < Pausing.WINDOW_NANOS) {
      return;
    }
    LoopWindow all =
        new LoopWindow(
            now,
            THREADS.getCurrentThreadCpuTime(),
            gauges.received().total(),
            gauges.requests().total(),
            requestNanos);
    if (last != null) {
      pausing.window(all.minus(last));
    }
    before = all;
  }

  /// A loop has one context.
  private AtOnce atOnce(IoHandlerContext context) {
    AtOnce its = atOnce;
    if (its == null) {
      its = new AtOnce(context);
      atOnce = its;
    }
    return its;
  }

  /// Does not wait.
  private record AtOnce(IoHandlerContext loop) implements IoHandlerContext {

    @Override
    public boolean canBlock() {
      return false;
    }

    @Override
    public long delayNanos(long now) {
      return 0;
    }

    @Override
    public long deadlineNanos() {
      return loop.deadlineNanos();
    }

    @Override
    public void reportActiveIoTime(long activeNanos) {
      loop.reportActiveIoTime(activeNanos);
    }

    @Override
    public boolean shouldReportActiveIoTime() {
      return loop.shouldReportActiveIoTime();
    }
  }
}
