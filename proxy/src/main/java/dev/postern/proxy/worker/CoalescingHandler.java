package dev.postern.proxy.worker;

import dev.postern.proxy.socket.ReceivedOctets;
import dev.postern.proxy.worker.Coalescing.Window;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Pauses before a loop waits while [Coalescing] says so, and tells it how the loop does. The clock
/// is looked at once in many rounds.
///
/// What other threads want done waits for a pause as well: some hundred microseconds.
final class CoalescingHandler extends ForwardingIoHandler {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 32;

  private final Coalescing coalescing;
  private final ReceivedOctets received;
  private @Nullable AtOnce atOnce;
  private int rounds;
  private long nanos;
  private long cpuNanos;
  private long octets;

  CoalescingHandler(IoHandler io, Coalescing coalescing, ReceivedOctets received) {
    super(io);
    this.coalescing = coalescing;
    this.received = received;
  }

  /// Whether the system tells what a thread costs.
  static boolean isSupported() {
    return THREADS.isCurrentThreadCpuTimeSupported();
  }

  @Override
  public int run(IoHandlerContext context) {
    if (++rounds == ROUNDS) {
      rounds = 0;
      look();
    }
    if (!coalescing.on() || !context.canBlock()) {
      return super.run(context);
    }
    int handled = super.run(atOnce(context));
    if (handled != 0 || !context.canBlock()) {
      return handled;
    }
    LockSupport.parkNanos(this, Coalescing.PAUSE_NANOS);
    handled = super.run(context);
    coalescing.paused(handled);
    return handled;
  }

  private void look() {
    long now = System.nanoTime();
    if (now - nanos < Coalescing.WINDOW_NANOS) {
      return;
    }
    long cpuNow = THREADS.getCurrentThreadCpuTime();
    long octetsNow = received.total();
    coalescing.window(new Window(now - nanos, cpuNow - cpuNanos, octetsNow - octets));
    nanos = now;
    cpuNanos = cpuNow;
    octets = octetsNow;
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
