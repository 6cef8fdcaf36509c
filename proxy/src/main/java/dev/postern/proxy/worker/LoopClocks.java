package dev.postern.proxy.worker;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Gives each loop its clock, and tells it when a round begins.
final class LoopClocks implements IoHandlerFactory {
  private final IoHandlerFactory io;
  private final Map<ThreadAwareExecutor, LoopClock> clocks = new ConcurrentHashMap<>();

  LoopClocks(IoHandlerFactory io) {
    this.io = io;
  }

  /// That loop's.
  LoopClock of(ThreadAwareExecutor loop) {
    LoopClock clock = clocks.get(loop);
    if (clock == null) {
      throw new IllegalArgumentException("not a loop of this transport: " + loop);
    }
    return clock;
  }

  @Override
  public IoHandler newHandler(ThreadAwareExecutor loop) {
    LoopClock clock = new LoopClock();
    clocks.put(loop, clock);
    return new Rounds(io.newHandler(loop), clock);
  }

  private static final class Rounds extends ForwardingIoHandler {
    private final LoopClock clock;

    Rounds(IoHandler io, LoopClock clock) {
      super(io);
      this.clock = clock;
    }

    @Override
    public int run(IoHandlerContext context) {
      clock.round();
      return super.run(context);
    }
  }
}
