package dev.postern.proxy.upstream;

import dev.postern.proxy.stat.ClusterStat;
import dev.postern.stats.StatCells;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/// Counts what is sent.
final class Http2SentOctets extends ChannelOutboundHandlerAdapter {
  private final StatCells cells;

  Http2SentOctets(StatCells cells) {
    this.cells = cells;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf out) {
      cells.add(ClusterStat.UPSTREAM_CX_TX_BYTES_TOTAL.ordinal(), out.readableBytes());
    }
    ctx.write(message, promise);
  }
}
