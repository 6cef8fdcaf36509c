package dev.postern.proxy.upstream;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.socket.AbruptEnd;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.tls.InputEnd;
import dev.postern.proxy.tls.OutputEnd;
import dev.postern.proxy.worker.Faults;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// A connection to a backend for the octets of one client, never used by another. Each direction
/// ends by itself: by a FIN, over TLS by close_notify.
final class BytesConnection extends ChannelInboundHandlerAdapter
    implements BackendConnection, BytesStream {
  private final BackendChannel opened;
  private final Channel channel;
  private @Nullable BackendListener listener;
  private boolean taken;
  private boolean received;
  private boolean outputEnded;
  private boolean receivedEnd;
  private boolean closing;

  private BytesConnection(BackendChannel opened) {
    this.opened = opened;
    this.channel = opened.channel();
  }

  static BytesConnection start(BackendChannel opened) {
    BytesConnection connection = new BytesConnection(opened);
    if (opened.channel().config() instanceof SocketChannelConfig config) {
      config.setAllowHalfClosure(true);
    }
    opened.channel().pipeline().addLast(connection);
    return connection;
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public boolean hasRoom() {
    return !taken && channel.isActive();
  }

  @Override
  public BackendStream take(BackendListener taker, boolean reused) {
    taken = true;
    listener = taker;
    return this;
  }

  @Override
  public void retire() {
    if (!taken) {
      cancel();
    }
  }

  @Override
  public void head(RequestHead head, boolean end) {
    throw new UnsupportedOperationException("there are no heads among octets");
  }

  @Override
  public void trailers(HeaderBlock trailers) {
    throw new UnsupportedOperationException("there are no trailers among octets");
  }

  @Override
  public void data(ByteBuf data, boolean end) {
    opened.cells().add(ClusterStat.UPSTREAM_CX_TX_BYTES_TOTAL.ordinal(), data.readableBytes());
    channel.write(opened.worker().readBuffers().fitting(data));
    if (end) {
      endOutput(() -> {});
    }
  }

  @Override
  public void endOutput(Runnable then) {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(sent -> {
          if (sent.isSuccess()) {
            outputEnded = true;
            OutputEnd.send(channel);
            then.run();
          } else {
            channel.close();
          }
        });
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public void readResponse(boolean wanted) {
    if (channel.config().isAutoRead() != wanted) {
      opened
          .cells()
          .increment(
              (wanted
                      ? ClusterStat.UPSTREAM_FLOW_CONTROL_RESUMED_READING
                      : ClusterStat.UPSTREAM_FLOW_CONTROL_PAUSED_READING)
                  .ordinal());
      channel.config().setAutoRead(wanted);
    }
  }

  @Override
  public void cancel() {
    listener = null;
    close();
  }

  @Override
  public void reset() {
    listener = null;
    closes();
    AbruptEnd.of(channel);
  }

  private void close() {
    closes();
    channel.close();
  }

  private void closes() {
    if (!closing && channel.isActive()) {
      opened.cells().increment(ClusterStat.UPSTREAM_CX_DESTROY_LOCAL.ordinal());
    }
    closing = true;
  }

  @Override
  public String protocol() {
    return "-";
  }

  @Override
  public String tlsVersion() {
    return opened.tlsVersion();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    BackendListener to = listener;
    if (to == null || receivedEnd || !(message instanceof ByteBuf data)) {
      ReferenceCountUtil.release(message);
      return;
    }
    received = true;
    opened.cells().add(ClusterStat.UPSTREAM_CX_RX_BYTES_TOTAL.ordinal(), data.readableBytes());
    to.responseData(data, false);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    BackendListener to = listener;
    if (to != null && received) {
      received = false;
      to.responseFlush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    BackendListener to = listener;
    if (to != null && channel.isWritable()) {
      to.backendWritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (InputEnd.is(channel, event)) {
      ended();
    }
  }

  /// The backend has said all.
  private void ended() {
    if (receivedEnd) {
      return;
    }
    receivedEnd = true;
    BackendListener to = listener;
    if (to != null) {
      to.responseData(Unpooled.EMPTY_BUFFER, true);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!closing) {
      opened.cells().increment(ClusterStat.UPSTREAM_CX_DESTROY_REMOTE.ordinal());
    }
    if (!receivedEnd || !outputEnded) {
      failed("the backend closed the connection");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Faults.tell("A connection to a TCP backend", cause);
    failed(String.valueOf(cause.getMessage()));
    ctx.close();
  }

  private void failed(String reason) {
    BackendListener to = listener;
    listener = null;
    if (to != null) {
      to.responseFailed(
          TrafficFailure.CONNECTION_TERMINATION, reason, BackendListener.Acted.PERHAPS);
    }
  }
}
