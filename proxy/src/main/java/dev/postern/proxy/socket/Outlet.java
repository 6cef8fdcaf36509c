package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;
import org.jspecify.annotations.Nullable;

/// Where a connection's octets leave. Small pieces gather in one buffer. For the event loop alone.
public abstract sealed class Outlet permits ChannelOutlet, SocketOutlet {
  /// How much may wait to be sent before the other side is not read from any more.
  public static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(128 * 1024, 512 * 1024);

  final SendBuffers buffers;
  private @Nullable ByteBuf gathered;
  private long octets;

  Outlet(SendBuffers buffers) {
    this.buffers = buffers;
  }

  /// That of a channel.
  ///
  /// @param channel as it will be: whether it has TLS is settled, and done is the handshake
  public static Outlet of(Channel channel, SendBuffers buffers) {
    return new ChannelOutlet(channel, buffers);
  }

  /// Where what leaves next is to be written, with room for so many octets more.
  public final ByteBuf room(int more) {
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
  public final int gathered() {
    return gathered == null ? 0 : gathered.readableBytes();
  }

  /// Puts it into the queue as it is, behind what was gathered, to leave with the next flush. Takes
  /// it over.
  public final void write(ByteBuf data) {
    push();
    octets += data.readableBytes();
    queue(data);
  }

  /// Puts what was gathered into the queue, to leave with the next flush.
  public final void push() {
    ByteBuf data = taken();
    if (data != null) {
      queue(data);
    }
  }

  /// Sends everything; returns how many octets were written since it was called last.
  public final long flush() {
    send(taken());
    long written = octets;
    octets = 0;
    return written;
  }

  /// Drops what was gathered.
  public final void release() {
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }

  /// Has it leave with what is sent next. Takes it over.
  abstract void queue(ByteBuf data);

  /// Sends what is queued and, behind it, that. Takes it over.
  abstract void send(@Nullable ByteBuf last);

  /// The same in less memory, where that is much less: it has to wait.
  final ByteBuf fitting(ByteBuf data) {
    int length = data.readableBytes();
    if (length > data.capacity() / 4) {
      return data;
    }
    ByteBuf copy = data.alloc().directBuffer(length).writeBytes(data);
    buffers.give(data);
    return copy;
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
}
