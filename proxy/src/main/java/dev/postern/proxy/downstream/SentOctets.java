package dev.postern.proxy.downstream;

import dev.postern.proxy.exchange.ClientConnection;
import dev.postern.proxy.stat.HttpStat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/// Counts what is sent.
final class SentOctets extends ChannelOutboundHandlerAdapter {
  private final ClientConnection connection;

  SentOctets(ClientConnection connection) {
    this.connection = connection;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf out) {
      connection.http().add(HttpStat.DOWNSTREAM_CX_TX_BYTES_TOTAL.ordinal(), out.readableBytes());
    }
    ctx.write(message, promise);
  }
}
