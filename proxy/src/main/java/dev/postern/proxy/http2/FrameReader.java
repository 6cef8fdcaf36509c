package dev.postern.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/// Cuts what a peer sends into frames and checks the shape of each (RFC 9113 4 and 6). What they
/// mean to streams is the [FrameListener]'s concern.
final class FrameReader {
  /// A header block may come in this many small parts, as each costs more than it brings.
  private static final int MAX_SMALL_PARTS = 16;

  private static final int SMALL_PART = 8192;

  /// To a frame's flags.
  private static final int BEGIN = 5;

  private final FrameListener to;
  private final long maxBlock;
  private final DataRun run = new DataRun();
  private @Nullable ByteBuf block;
  private int blockStream;
  private boolean blockEnds;
  private boolean blockOfItself;
  private int smallParts;
  private long blockNanos;
  private boolean begun;

  /// @param maxBlock how large a header block may be before it is decoded
  FrameReader(FrameListener to, long maxBlock) {
    this.to = to;
    this.maxBlock = maxBlock;
  }

  /// How many octets the frame takes that begins there; 0 when not even its header is there.
  static int size(ByteBuf in) {
    return in.readableBytes() < Frame.HEADER
        ? 0
        : Frame.HEADER + in.getUnsignedMedium(in.readerIndex());
  }

  /// Reads one frame.
  ///
  /// @return whether it was all there
  /// @throws Http2Exception a stream's, after which the next frame can be read, or the connection's
  boolean read(ByteBuf in) throws Http2Exception {
    if (!begun && !begins(in)) {
      return false;
    }
    if (in.readableBytes() < Frame.HEADER) {
      return false;
    }
    int start = in.readerIndex();
    int length = in.getUnsignedMedium(start);
    if (length > Frame.MAX_PAYLOAD) {
      throw wrongSize("a frame of " + length + " octets");
    }
    if (in.readableBytes() < Frame.HEADER + length) {
      return false;
    }
    int type = in.getUnsignedByte(start + 3);
    int flags = in.getUnsignedByte(start + 4);
    int streamId = in.getInt(start + 5) & Integer.MAX_VALUE;
    in.skipBytes(Frame.HEADER + length);
    if (block != null && (type != Frame.CONTINUATION || streamId != blockStream)) {
      throw broken("a header block was not continued");
    }
    int at = start + Frame.HEADER;
    dispatch(in, type, flags, streamId, at, at + length);
    return true;
  }

  /// A connection begins with SETTINGS (RFC 9113 3.4). Who speaks something else may never send a
  /// whole frame.
  private boolean begins(ByteBuf in) throws Http2Exception {
    if (in.readableBytes() < BEGIN) {
      return false;
    }
    int start = in.readerIndex();
    if (in.getByte(start + 3) != Frame.SETTINGS || (in.getByte(start + 4) & Frame.ACK) != 0) {
      throw broken(
          "it does not begin with SETTINGS but with 0x" + ByteBufUtil.hexDump(in, start, BEGIN));
    }
    begun = true;
    return true;
  }

  /// Since when a header block waits for its rest, by [System#nanoTime]; 0 when none does.
  long unfinishedSince() {
    return block == null ? 0 : blockNanos;
  }

  void close() {
    if (block != null) {
      block.release();
      block = null;
    }
  }

  private void dispatch(ByteBuf in, int type, int flags, int streamId, int at, int end)
      throws Http2Exception {
    switch (type) {
      case Frame.DATA -> data(in, flags, streamId, at, end);
      case Frame.HEADERS -> headers(in, flags, streamId, at, end);
      case Frame.PRIORITY -> priority(in, streamId, at, end);
      case Frame.RST_STREAM -> {
        onStream(streamId, "RST_STREAM");
        sized(end - at == 4, "RST_STREAM");
        to.reset(streamId, in.getUnsignedInt(at));
      }
      case Frame.SETTINGS -> settings(in, flags, streamId, at, end);
      case Frame.PUSH_PROMISE -> throw broken("PUSH_PROMISE, which nobody asked for");
      case Frame.PING -> {
        onConnection(streamId, "PING");
        sized(end - at == 8, "PING");
        to.ping(in.getLong(at), (flags & Frame.ACK) != 0);
      }
      case Frame.GOAWAY -> {
        onConnection(streamId, "GOAWAY");
        sized(end - at >= 8, "GOAWAY");
        to.goAway(in.getInt(at) & Integer.MAX_VALUE, in.getUnsignedInt(at + 4));
      }
      case Frame.WINDOW_UPDATE -> windowUpdate(in, streamId, at, end);
      case Frame.CONTINUATION -> continuation(in, flags, at, end);
      default -> to.unknown();
    }
  }

  private void data(ByteBuf in, int flags, int streamId, int at, int end) throws Http2Exception {
    onStream(streamId, "DATA");
    if (flags == Frame.NO_FLAG && end > at && in.nioBufferCount() == 1 && !in.isReadOnly()) {
      run.join(in, streamId, at, end);
      int all = run.end() - at;
      to.data(streamId, in.slice(at, all), all, run.endsStream());
      return;
    }
    int octets = end - at;
    int from = at;
    int until = end;
    if ((flags & Frame.PADDED) != 0) {
      until -= padding(in, at, end);
      from++;
    }
    to.data(streamId, in.slice(from, until - from), octets, (flags & Frame.END_STREAM) != 0);
  }

  /// The padding's length, which is checked (RFC 9113 6.1, 6.2).
  private static int padding(ByteBuf in, int at, int end) throws Http2Exception {
    sized(end - at >= 1, "a padded frame");
    int padding = in.getUnsignedByte(at);
    if (padding > end - at - 1) {
      throw broken("padding longer than its frame");
    }
    return padding;
  }

  private void headers(ByteBuf in, int flags, int streamId, int at, int end) throws Http2Exception {
    onStream(streamId, "HEADERS");
    int from = at;
    int until = end;
    if ((flags & Frame.PADDED) != 0) {
      until -= padding(in, at, end);
      from++;
    }
    boolean ofItself = false;
    if ((flags & Frame.WITH_PRIORITY) != 0) {
      sized(until - from >= 5, "HEADERS");
      ofItself = (in.getInt(from) & Integer.MAX_VALUE) == streamId;
      from += 5;
    }
    boolean ends = (flags & Frame.END_STREAM) != 0;
    if ((flags & Frame.END_HEADERS) != 0) {
      to.headers(streamId, in.slice(from, until - from), ends, ofItself);
      return;
    }
    blockStream = streamId;
    blockEnds = ends;
    blockOfItself = ofItself;
    smallParts = 0;
    blockNanos = System.nanoTime() | 1;
    block = in.alloc().buffer(2 * (until - from) + 256);
    append(in, from, until);
  }

  private void continuation(ByteBuf in, int flags, int at, int end) throws Http2Exception {
    ByteBuf whole = block;
    if (whole == null) {
      throw broken("CONTINUATION without HEADERS");
    }
    boolean last = (flags & Frame.END_HEADERS) != 0;
    if (!last && end - at < SMALL_PART && ++smallParts > MAX_SMALL_PARTS) {
      throw Http2Exception.connection(
          Http2Error.ENHANCE_YOUR_CALM, "a header block in too many small parts");
    }
    append(in, at, end);
    if (last) {
      block = null;
      try {
        to.headers(blockStream, whole, blockEnds, blockOfItself);
      } finally {
        whole.release();
      }
    }
  }

  private void append(ByteBuf in, int from, int until) throws Http2Exception {
    ByteBuf whole = block;
    if (whole == null || whole.readableBytes() + (until - from) > maxBlock) {
      throw broken("a header block of more than " + maxBlock + " octets");
    }
    whole.writeBytes(in, from, until - from);
  }

  private void priority(ByteBuf in, int streamId, int at, int end) throws Http2Exception {
    onStream(streamId, "PRIORITY");
    if (end - at != 5) {
      throw Http2Exception.stream(
          streamId, Http2Error.FRAME_SIZE_ERROR, "PRIORITY of the wrong size");
    }
    if ((in.getInt(at) & Integer.MAX_VALUE) == streamId) {
      throw Http2Exception.stream(
          streamId, Http2Error.PROTOCOL_ERROR, "a stream that depends on itself");
    }
    to.priority();
  }

  private void settings(ByteBuf in, int flags, int streamId, int at, int end)
      throws Http2Exception {
    onConnection(streamId, "SETTINGS");
    if ((flags & Frame.ACK) != 0) {
      sized(end == at, "SETTINGS with ACK");
      to.settingsAck();
    } else {
      sized((end - at) % 6 == 0, "SETTINGS");
      to.settings(in, at, end);
    }
  }

  private void windowUpdate(ByteBuf in, int streamId, int at, int end) throws Http2Exception {
    sized(end - at == 4, "WINDOW_UPDATE");
    to.windowUpdate(streamId, in.getInt(at) & Integer.MAX_VALUE);
  }

  private static void onStream(int streamId, String frame) throws Http2Exception {
    if (streamId == 0) {
      throw broken(frame + " without a stream");
    }
  }

  private static void onConnection(int streamId, String frame) throws Http2Exception {
    if (streamId != 0) {
      throw broken(frame + " on a stream");
    }
  }

  private static void sized(boolean right, String frame) throws Http2Exception {
    if (!right) {
      throw wrongSize(frame + " of the wrong size");
    }
  }

  private static Http2Exception wrongSize(String what) {
    return Http2Exception.connection(Http2Error.FRAME_SIZE_ERROR, what);
  }

  private static Http2Exception broken(String what) {
    return Http2Exception.connection(Http2Error.PROTOCOL_ERROR, what);
  }
}
