package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads what a channel's socket has and gives it to the first of the channel's handlers, as Netty
/// does at greater length. Whatever else there is to hear, the end and faults, is Netty's. For the
/// event loop alone.
public final class ChannelInput {
  /// What is left after a turn.
  public enum Left {
    NOTHING,
    /// Perhaps more: others have their turn, or it is not wanted now.
    MORE,
    /// Something that Netty has to hear of.
    FOR_NETTY
  }

  private final Channel channel;
  private final SocketInput socket;

  private ChannelInput(Channel channel, SocketInput socket) {
    this.channel = channel;
    this.socket = socket;
  }

  /// Of a connection on epoll that reads into a worker's buffers; null for others.
  public static @Nullable ChannelInput of(Channel.Unsafe unsafe) {
    return unsafe.voidPromise().channel() instanceof EpollSocketChannel channel
            && channel.fd() instanceof Socket socket
            && channel.config().getRecvByteBufAllocator() instanceof ReadBuffers buffers
        ? new ChannelInput(channel, new SocketInput(socket, buffers))
        : null;
  }

  /// Reads as much as one may in one turn, while it is wanted. Who asks for each read by itself
  /// gets it from Netty.
  public Left read() {
    if (!isWanted()) {
      return Left.FOR_NETTY;
    }
    Left left = Left.MORE;
    for (int i = 0; i < ReadBuffers.MOST_READS && left == Left.MORE && isWanted(); i++) {
      left = readOnce();
    }
    if (left != Left.FOR_NETTY) {
      told();
    }
    return left;
  }

  private boolean isWanted() {
    return channel.isActive() && channel.config().isAutoRead();
  }

  private Left readOnce() {
    ByteBuf in;
    try {
      in = socket.read();
    } catch (IOException e) {
      return broken(e);
    } catch (OutOfMemoryError e) {
      return Left.FOR_NETTY; // Which tells of it, unless it finds some.
    }
    if (in == null) {
      return socket.hasEnded() ? Left.FOR_NETTY : Left.NOTHING;
    }
    give(in);
    return socket.wasFull() ? Left.MORE : Left.NOTHING;
  }

  /// Tells of it in Netty's order. What is read next of a connection that broke is its end.
  private Left broken(IOException why) {
    told();
    if (channel.isOpen()) {
      channel.pipeline().fireExceptionCaught(why);
    }
    // A descriptor that was closed may be another connection's by now.
    return channel.isOpen() ? Left.FOR_NETTY : Left.NOTHING;
  }

  private void give(ByteBuf in) {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first == null || !(first.handler() instanceof ChannelInboundHandler handler)) {
      channel.pipeline().fireChannelRead(in);
      return;
    }
    try {
      handler.channelRead(first, in);
    } catch (Throwable e) {
      channel.pipeline().fireExceptionCaught(e);
    }
  }

  /// A turn is over.
  private void told() {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first == null || !(first.handler() instanceof ChannelInboundHandler handler)) {
      channel.pipeline().fireChannelReadComplete();
      return;
    }
    try {
      handler.channelReadComplete(first);
    } catch (Throwable e) {
      channel.pipeline().fireExceptionCaught(e);
    }
  }
}
