package dev.postern.proxy.worker;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Gives each loop its gauges, tells its clock when a round begins, and has it coalesce events
/// where the transport allows that.
final class LoopHandlers implements IoHandlerFactory {
  private final Transport transport;
  private final Map<ThreadAwareExecutor, LoopGauges> gauges = new ConcurrentHashMap<>();

  LoopHandlers(Transport transport) {
    this.transport = transport;
  }

  /// That loop's.
  LoopGauges gauges(ThreadAwareExecutor loop) {
    LoopGauges its = gauges.get(loop);
    if (its == null) {
      throw new IllegalArgumentException("not a loop of this transport: " + loop);
    }
    return its;
  }

  @Override
  public IoHandler newHandler(ThreadAwareExecutor loop) {
    LoopGauges its = new LoopGauges();
    gauges.put(loop, its);
    IoHandler rounds = new Rounds(transport.io().newHandler(loop), its.clock());
    return transport.pausesPrecisely() && CoalescingHandler.isWanted()
        ? new CoalescingHandler(rounds, new Coalescing(), its)
        : rounds;
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
