package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// That of a channel. What would be alone in the channel's queue goes straight to the socket, over
/// TLS as one record; the queue gets what the socket does not take, and all that is not as simple.
final class ChannelOutlet extends Outlet {
  /// RFC 8446 5.1.
  private static final int MOST_IN_RECORD = 16 * 1024;

  /// More than a record's header, nonce, tag and padding take.
  private static final int RECORD_OVERHEAD = 256;

  private final Channel channel;
  private final @Nullable Socket socket;
  private final @Nullable SslHandler tls;
  private final @Nullable TlsRecords records;
  private boolean queued;

  /// @param channel as it will be: whether it has TLS is settled, and done is the handshake
  ChannelOutlet(Channel channel, SendBuffers buffers) {
    super(buffers);
    this.channel = channel;
    this.tls = channel.pipeline().get(SslHandler.class);
    this.records = tls == null ? null : TlsRecords.of(tls.engine());
    this.socket =
        channel instanceof EpollSocketChannel epoll && epoll.fd() instanceof Socket own
            ? own
            : null;
  }

  @Override
  void queue(ByteBuf data) {
    queued = true;
    channel.write(data, channel.voidPromise());
  }

  @Override
  void send(@Nullable ByteBuf last) {
    if (last != null && alone() && (tls == null ? sent(last) : encrypted(last, tls))) {
      buffers.give(last);
    } else {
      if (last != null) {
        queue(fitting(last));
      }
      queued = false;
      channel.flush();
    }
  }

  /// Whether nothing waits that must leave before.
  private boolean alone() {
    if (queued || socket == null || !channel.isActive()) {
      return false;
    }
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    return queue != null && queue.totalPendingWriteBytes() == 0;
  }

  /// Sends what the socket takes and returns whether that is all, or all that ever will be: an
  /// error ends the connection or its output, as it does where the channel meets it.
  private boolean sent(ByteBuf data) {
    Socket to = socket;
    if (to == null || !data.hasMemoryAddress()) {
      return false;
    }
    try {
      int sent = to.sendAddress(data.memoryAddress(), data.readerIndex(), data.writerIndex());
      data.skipBytes(Math.max(0, sent));
    } catch (IOException e) {
      LostOutput.of(channel, e);
      return true;
    }
    return !data.isReadable();
  }

  /// Makes a record of it where that is all that TLS has to do, sends it and returns whether that
  /// was so.
  private boolean encrypted(ByteBuf data, SslHandler tls) {
    int length = data.readableBytes();
    if (length == 0 || length > MOST_IN_RECORD) {
      return false;
    }
    ByteBuf sealed = buffers.take(length + RECORD_OVERHEAD);
    if (!sealed(data, sealed, tls.engine())) {
      sealed.release();
      return false;
    }
    if (!sealed.isReadable() || sent(sealed)) {
      buffers.give(sealed);
    } else {
      var below = channel.pipeline().context(tls);
      below.write(fitting(sealed), below.voidPromise());
      below.flush();
    }
    return !data.isReadable();
  }

  private boolean sealed(ByteBuf data, ByteBuf sealed, SSLEngine engine) {
    TlsRecords direct = records;
    if (direct != null && data.hasMemoryAddress() && sealed.hasMemoryAddress()) {
      return direct.seal(data, sealed);
    }
    if (engine.getHandshakeStatus() != SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING) {
      return false;
    }
    try {
      SSLEngineResult result =
          engine.wrap(
              data.internalNioBuffer(data.readerIndex(), data.readableBytes()),
              sealed.internalNioBuffer(0, sealed.capacity()));
      data.skipBytes(result.bytesConsumed());
      sealed.writerIndex(result.bytesProduced());
      return true;
    } catch (SSLException e) {
      return false;
    }
  }
}
