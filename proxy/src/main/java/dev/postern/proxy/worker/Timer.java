package dev.postern.proxy.worker;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Does one thing later, unless it is stopped before. For the loop that it is started on alone.
public final class Timer {
  private @Nullable Future<?> running;

  /// Instead of what was started before.
  ///
  /// @param nanos from now
  public void start(EventLoop loop, long nanos, Runnable then) {
    stop();
    running =
        loop.schedule(
            () -> {
              running = null;
              then.run();
            },
            nanos,
            TimeUnit.NANOSECONDS);
  }

  /// If it is not done yet.
  public void stop() {
    if (running != null) {
      running.cancel(false);
      running = null;
    }
  }
}
