package dev.postern.proxy.worker;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Looks at everything that can time out a few times a second. So a request sets no timer: it only
/// leaves word that something moved.
public final class Sweeper {
  private static final long EVERY_MILLIS = 250;

  /// Something that can time out.
  public abstract static class Swept {
    private int index = -1;

    /// Looks whether its time has come. May remove itself.
    protected abstract void sweep(long nowNanos);

    /// Whether that is longer than the limit; 0 is none.
    protected static boolean late(long nanos, long limit) {
      return limit > 0 && nanos > limit;
    }
  }

  private final List<Swept> all = new ArrayList<>();

  /// Starts to sweep, for as long as the loop lives.
  void start(EventLoop loop) {
    var _ =
        loop.scheduleAtFixedRate(this::sweep, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Takes it in.
  public void add(Swept swept) {
    swept.index = all.size();
    all.add(swept);
  }

  /// Lets go of it, if it is there.
  public void remove(Swept swept) {
    int index = swept.index;
    if (index < 0) {
      return;
    }
    swept.index = -1;
    Swept last = all.removeLast();
    if (last.index >= 0) {
      all.set(index, last);
      last.index = index;
    }
  }

  /// From the end: what removes itself swaps one in that was looked at already.
  private void sweep() {
    long now = System.nanoTime();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (i < all.size()) {
        all.get(i).sweep(now);
      }
    }
  }
}
