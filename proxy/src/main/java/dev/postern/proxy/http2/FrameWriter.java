package dev.postern.proxy.http2;

import dev.postern.proxy.hpack.HpackEncoder;
import dev.postern.proxy.socket.Outlet;
import dev.postern.proxy.socket.SendBuffers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.IntConsumer;

/// Writes frames one behind the other into one buffer, which leaves as a whole: a system call or a
/// TLS record for all that a round of the loop brought about. Large bodies are passed on as they
/// are.
final class FrameWriter {
  /// Copying so many octets costs less than passing their buffer on.
  private static final int COPIED = 4096;

  private static final int LEAST = 512;
  private static final int MOST = 32 * 1024;

  private final ChannelHandlerContext ctx;
  private final Outlet outlet;
  private final HpackEncoder hpack;
  private final IntConsumer sent;
  private int usual = LEAST;
  private int passed;
  private long total;

  /// @param sent is told how many octets leave
  FrameWriter(
      ChannelHandlerContext ctx, SendBuffers buffers, HpackEncoder hpack, IntConsumer sent) {
    this.ctx = ctx;
    this.outlet = Outlet.of(ctx.channel(), buffers);
    this.hpack = hpack;
    this.sent = sent;
  }

  ByteBufAllocator alloc() {
    return ctx.alloc();
  }

  /// How many octets wait for [#flush].
  int waiting() {
    return passed + outlet.gathered();
  }

  /// How many octets were written since the start.
  long written() {
    return total + outlet.gathered();
  }

  /// How many of them have left at least, while the channel is not writable.
  long left() {
    Channel channel = ctx.channel();
    return total - channel.bytesBeforeWritable() - channel.config().getWriteBufferLowWaterMark();
  }

  void octets(ByteBuf octets) {
    room(octets.readableBytes()).writeBytes(octets);
  }

  /// Takes the buffer over. It is no more than a frame's payload.
  void data(int streamId, ByteBuf data, boolean end) {
    int length = data.readableBytes();
    boolean copied = length <= COPIED;
    ByteBuf to = room(Frame.HEADER + (copied ? length : 0));
    Frame.header(to, length, Frame.DATA, end ? Frame.END_STREAM : Frame.NO_FLAG, streamId);
    if (copied) {
      to.writeBytes(data);
      data.release();
    } else {
      count(length);
      outlet.write(data);
    }
  }

  /// Writes the block that HPACK holds.
  void headers(int streamId, boolean end) {
    byte[] block = hpack.octets();
    int length = hpack.length();
    ByteBuf to = room(Frame.HEADER + length);
    int flags = end ? Frame.END_STREAM : Frame.NO_FLAG;
    int part = Math.min(length, Frame.MAX_PAYLOAD);
    Frame.header(
        to, part, Frame.HEADERS, part == length ? flags | Frame.END_HEADERS : flags, streamId);
    to.writeBytes(block, 0, part);
    for (int at = part; at < length; at += part) {
      part = Math.min(length - at, Frame.MAX_PAYLOAD);
      boolean last = at + part == length;
      room(Frame.HEADER + part);
      Frame.header(
          to, part, Frame.CONTINUATION, last ? Frame.END_HEADERS : Frame.NO_FLAG, streamId);
      to.writeBytes(block, at, part);
    }
  }

  void reset(int streamId, Http2Error code) {
    ByteBuf to = room(Frame.HEADER + 4);
    Frame.header(to, 4, Frame.RST_STREAM, Frame.NO_FLAG, streamId);
    to.writeInt(code.code());
  }

  /// @param streamId 0 for the connection
  void windowUpdate(int streamId, int increment) {
    ByteBuf to = room(Frame.HEADER + 4);
    Frame.header(to, 4, Frame.WINDOW_UPDATE, Frame.NO_FLAG, streamId);
    to.writeInt(increment);
  }

  void settings(LocalSettings settings) {
    ByteBuf payload = settings.encoded();
    ByteBuf to = room(Frame.HEADER + payload.readableBytes());
    Frame.header(to, payload.readableBytes(), Frame.SETTINGS, Frame.NO_FLAG, 0);
    to.writeBytes(payload);
  }

  void settingsAck() {
    Frame.header(room(Frame.HEADER), 0, Frame.SETTINGS, Frame.ACK, 0);
  }

  void ping(long data, boolean ack) {
    ByteBuf to = room(Frame.HEADER + 8);
    Frame.header(to, 8, Frame.PING, ack ? Frame.ACK : Frame.NO_FLAG, 0);
    to.writeLong(data);
  }

  void goAway(int lastStreamId, Http2Error code, String why) {
    ByteBuf to = room(Frame.HEADER + 8 + ByteBufUtil.utf8MaxBytes(why));
    int start = to.writerIndex();
    to.writerIndex(start + Frame.HEADER);
    to.writeInt(lastStreamId);
    to.writeInt(code.code());
    int text = ByteBufUtil.writeUtf8(to, why);
    Frame.header(to, start, 8 + text, Frame.GOAWAY, Frame.NO_FLAG, 0);
  }

  /// Sends everything.
  void flush() {
    if (waiting() == 0) {
      return;
    }
    usual = Math.clamp(outlet.gathered() + LEAST, LEAST, MOST);
    count(0);
    passed = 0;
    outlet.flush();
  }

  /// Sends everything.
  ///
  /// @return when it was sent
  ChannelFuture flushed() {
    count(0);
    passed = 0;
    outlet.push();
    return ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
  }

  void close() {
    outlet.release();
  }

  /// What was gathered, and so many octets behind it, is about to pass into the queue.
  private void count(int behind) {
    int length = outlet.gathered() + behind;
    if (length > 0) {
      passed += length;
      total += length;
      sent.accept(length);
    }
  }

  private ByteBuf room(int octets) {
    return outlet.room(outlet.gathered() == 0 ? Math.max(usual, octets) : octets);
  }
}
