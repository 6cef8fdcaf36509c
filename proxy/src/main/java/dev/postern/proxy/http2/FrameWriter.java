package dev.postern.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Writes frames one behind the other into one buffer, which leaves as a whole: a system call or a
/// TLS record for all that a round of the loop brought about. Large bodies are passed on as they
/// are.
final class FrameWriter {
  /// Copying so many octets costs less than passing their buffer on.
  private static final int COPIED = 4096;

  private static final int LEAST = 512;
  private static final int MOST = 32 * 1024;

  private final ChannelHandlerContext ctx;
  private final Http2HeadersEncoder hpack;
  private final IntConsumer sent;
  private @Nullable ByteBuf out;
  private int usual = LEAST;
  private int passed;

  /// @param sent is told how many octets leave
  FrameWriter(ChannelHandlerContext ctx, Http2HeadersEncoder hpack, IntConsumer sent) {
    this.ctx = ctx;
    this.hpack = hpack;
    this.sent = sent;
  }

  /// How many octets wait for [#flush].
  int waiting() {
    return passed + (out == null ? 0 : out.readableBytes());
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
      pass();
      pass(data);
    }
  }

  void headers(int streamId, Http2Headers fields, boolean end) {
    ByteBuf to = room(Frame.HEADER + 128);
    int start = to.writerIndex();
    int at = start + Frame.HEADER;
    to.writerIndex(at);
    try {
      hpack.encodeHeaders(streamId, fields, to);
    } catch (Http2Exception e) {
      throw new IllegalStateException("HPACK's state is lost", e);
    }
    int length = to.writerIndex() - at;
    int flags = end ? Frame.END_STREAM : Frame.NO_FLAG;
    if (length <= Frame.MAX_PAYLOAD) {
      Frame.header(to, start, length, Frame.HEADERS, flags | Frame.END_HEADERS, streamId);
    } else {
      split(to, start, length, flags, streamId);
    }
  }

  /// A block that is too long for one frame.
  private static void split(ByteBuf to, int start, int length, int flags, int streamId) {
    ByteBuf block = to.copy(start + Frame.HEADER, length);
    to.writerIndex(start);
    int type = Frame.HEADERS;
    int with = flags;
    while (block.isReadable()) {
      int part = Math.min(block.readableBytes(), Frame.MAX_PAYLOAD);
      boolean last = part == block.readableBytes();
      Frame.header(to, part, type, last ? with | Frame.END_HEADERS : with, streamId);
      to.writeBytes(block, part);
      type = Frame.CONTINUATION;
      with = Frame.NO_FLAG;
    }
    block.release();
  }

  void reset(int streamId, Http2Error code) {
    ByteBuf to = room(Frame.HEADER + 4);
    Frame.header(to, 4, Frame.RST_STREAM, Frame.NO_FLAG, streamId);
    to.writeInt((int) code.code());
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
    to.writeInt((int) code.code());
    int text = ByteBufUtil.writeUtf8(to, why);
    Frame.header(to, start, 8 + text, Frame.GOAWAY, Frame.NO_FLAG, 0);
  }

  /// Sends everything.
  void flush() {
    if (out == null && passed == 0) {
      return;
    }
    usual = Math.clamp(waiting() - passed + LEAST, LEAST, MOST);
    pass();
    passed = 0;
    ctx.flush();
  }

  /// Sends everything.
  ///
  /// @return when it was sent
  ChannelFuture flushed() {
    pass();
    passed = 0;
    return ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
  }

  void close() {
    if (out != null) {
      out.release();
      out = null;
    }
  }

  private void pass() {
    ByteBuf all = out;
    if (all != null) {
      out = null;
      pass(all);
    }
  }

  private void pass(ByteBuf octets) {
    int length = octets.readableBytes();
    passed += length;
    sent.accept(length);
    ctx.write(octets, ctx.voidPromise());
  }

  private ByteBuf room(int octets) {
    ByteBuf to = out;
    if (to == null) {
      to = ctx.alloc().ioBuffer(Math.max(usual, octets));
      out = to;
    } else {
      to.ensureWritable(octets);
    }
    return to;
  }
}
