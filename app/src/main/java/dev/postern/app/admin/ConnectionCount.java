package dev.postern.app.admin;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Closes what comes when there is enough. Used by one thread only.
@Sharable
final class ConnectionCount extends ChannelInboundHandlerAdapter {
  private final int limit;
  private int open;

  ConnectionCount(int limit) {
    this.limit = limit;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    open++;
    if (open > limit) {
      context.close();
    } else {
      context.fireChannelActive();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    open--;
    context.fireChannelInactive();
  }
}
