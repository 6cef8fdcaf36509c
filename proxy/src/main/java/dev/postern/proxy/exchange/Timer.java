package dev.postern.proxy.exchange;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Does one thing later, unless it is stopped before.
final class Timer {
  private @Nullable Future<?> running;

  /// @param nanos from now
  void start(EventLoop loop, long nanos, Runnable then) {
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

  void stop() {
    if (running != null) {
      running.cancel(false);
      running = null;
    }
  }
}
