package dev.postern.proxy.upstream;

import dev.postern.proxy.socket.Connection;
import dev.postern.proxy.socket.ConnectionListener;
import dev.postern.proxy.socket.LostOutput;
import dev.postern.proxy.socket.Outlet;
import dev.postern.proxy.socket.SendBuffers;
import dev.postern.proxy.tls.InputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// A connection that a channel carries, with TLS or without. The end of the peer's side ends it: of
/// who is asked one thing nothing more can come then.
final class ChannelConnection extends ChannelInboundHandlerAdapter implements Connection {
  private final Channel channel;
  private final Outlet outlet;
  private @Nullable ConnectionListener listener;

  private ChannelConnection(Channel channel, SendBuffers buffers) {
    this.channel = channel;
    this.outlet = Outlet.of(channel, buffers);
  }

  /// @param channel as it will be: whether it has TLS is settled, and done is the handshake
  static ChannelConnection on(Channel channel, SendBuffers buffers) {
    ChannelConnection connection = new ChannelConnection(channel, buffers);
    LostOutput.readOnAfter(channel);
    channel.pipeline().addLast(connection);
    return connection;
  }

  @Override
  public boolean isActive() {
    return channel.isActive();
  }

  @Override
  public void listener(ConnectionListener listener) {
    this.listener = listener;
  }

  @Override
  public Outlet outlet() {
    return outlet;
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void read(boolean wanted) {
    channel.config().setAutoRead(wanted);
  }

  @Override
  public void close() {
    channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (listener != null && message instanceof ByteBuf data) {
      listener.received(data);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (listener != null) {
      listener.receivedAll();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (listener != null && channel.isWritable()) {
      listener.becameWritable();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (LostOutput.is(cause)) {
      if (listener != null) {
        listener.outputLost(LostOutput.reason(cause));
      }
      return;
    }
    if (listener != null) {
      listener.broken(cause);
    }
    channel.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ctx.fireUserEventTriggered(event);
    if (InputEnd.is(channel, event)) {
      channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    outlet.release();
    if (listener != null) {
      listener.closed();
    }
  }
}
