package dev.postern.proxy.listener;

import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Worker;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// Where a client is to begin with TLS: until it says something, the end of the process does not
/// wait for it for long.
final class SilentClient extends ChannelInboundHandlerAdapter {
  private final Worker worker;
  private final Watch watch = new Watch();
  private final long openedNanos = System.nanoTime();
  private @Nullable ChannelHandlerContext context;

  SilentClient(Worker worker) {
    this.worker = worker;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    worker.sweeper().add(watch);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    worker.sweeper().remove(watch);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ctx.fireChannelRead(message);
    ctx.pipeline().remove(this);
  }

  private final class Watch extends Sweeper.Swept {
    @Override
    protected void sweep(long nowNanos) {
      if (context != null && worker.drains(openedNanos, nowNanos)) {
        context.close();
      }
    }
  }
}
