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

/// Where a connection's octets leave. Small pieces gather in one buffer. What would be alone in the
/// channel's queue goes straight to the socket, over TLS as one record; the queue gets what the
/// socket does not take, and all that is not as simple. For the event loop alone.
public final class Outlet {
  /// RFC 8446 5.1.
  private static final int MOST_IN_RECORD = 16 * 1024;

  /// More than a record's header, nonce, tag and padding take.
  private static final int RECORD_OVERHEAD = 256;

  private final Channel channel;
  private final SendBuffers buffers;
  private final @Nullable Socket socket;
  private final @Nullable SslHandler tls;
  private @Nullable ByteBuf gathered;
  private boolean queued;
  private long octets;

  /// @param channel as it will be: whether it has TLS is settled, and done is the handshake
  public Outlet(Channel channel, SendBuffers buffers) {
    this.channel = channel;
    this.buffers = buffers;
    this.tls = channel.pipeline().get(SslHandler.class);
    this.socket =
        channel instanceof EpollSocketChannel epoll && epoll.fd() instanceof Socket own
            ? own
            : null;
  }

  /// Where what leaves next is to be written, with room for so many octets more.
  public ByteBuf room(int more) {
    ByteBuf to = gathered;
    if (to == null) {
      to = buffers.take(more);
      gathered = to;
    } else {
      to.ensureWritable(more);
    }
    return to;
  }

  /// How many octets were written into [#room] that have not been put into the queue.
  public int gathered() {
    return gathered == null ? 0 : gathered.readableBytes();
  }

  /// Puts it into the queue as it is, behind what was gathered, to leave with the next flush. Takes
  /// it over.
  public void write(ByteBuf data) {
    push();
    octets += data.readableBytes();
    queue(data);
  }

  /// Puts what was gathered into the queue, to leave with the next flush.
  public void push() {
    ByteBuf data = taken();
    if (data != null) {
      queue(data);
    }
  }

  /// Sends everything; returns how many octets were written since it was called last.
  public long flush() {
    ByteBuf last = taken();
    if (last != null && alone() && (tls == null ? sent(last) : encrypted(last, tls))) {
      buffers.give(last);
    } else {
      if (last != null) {
        queue(fitting(last));
      }
      queued = false;
      channel.flush();
    }
    long written = octets;
    octets = 0;
    return written;
  }

  /// Drops what was gathered.
  public void release() {
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }

  /// What was gathered, which from now on is not; null for nothing.
  private @Nullable ByteBuf taken() {
    ByteBuf data = gathered;
    gathered = null;
    if (data != null && !data.isReadable()) {
      buffers.give(data);
      return null;
    }
    octets += data == null ? 0 : data.readableBytes();
    return data;
  }

  private void queue(ByteBuf data) {
    queued = true;
    channel.write(data, channel.voidPromise());
  }

  /// The same in less memory, where that is much less: it has to wait.
  private ByteBuf fitting(ByteBuf data) {
    int length = data.readableBytes();
    if (length > data.capacity() / 4) {
      return data;
    }
    ByteBuf copy = channel.alloc().directBuffer(length).writeBytes(data);
    buffers.give(data);
    return copy;
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
    SSLEngine engine = tls.engine();
    if (length == 0
        || length > MOST_IN_RECORD
        || engine.getHandshakeStatus() != SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING) {
      return false;
    }
    ByteBuf sealed = buffers.take(length + RECORD_OVERHEAD);
    try {
      SSLEngineResult result =
          engine.wrap(
              data.internalNioBuffer(data.readerIndex(), length),
              sealed.internalNioBuffer(0, sealed.capacity()));
      data.skipBytes(result.bytesConsumed());
      sealed.writerIndex(result.bytesProduced());
    } catch (SSLException e) {
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
}
