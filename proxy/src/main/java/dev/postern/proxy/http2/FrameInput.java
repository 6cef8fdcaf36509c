package dev.postern.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What a peer sends, in the pieces in which it comes: a client's preface (RFC 9113 3.4), then
/// frames. What is left of a piece waits for the next.
final class FrameInput {
  static final ByteBuf PREFACE =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII)
              .asReadOnly());

  private final FrameReader reader;
  private @Nullable ByteBuf rest;
  private boolean prefaceLeft;

  /// @param preface whether it begins with one
  FrameInput(FrameReader reader, boolean preface) {
    this.reader = reader;
    this.prefaceLeft = preface;
  }

  /// Since when a header block waits for its rest, by [System#nanoTime]; 0 when none does.
  long unfinishedSince() {
    return reader.unfinishedSince();
  }

  /// What was left, and what comes now. Takes the buffer over; give what comes out to [#keep].
  ByteBuf join(ByteBufAllocator alloc, ByteBuf in) {
    ByteBuf left = rest;
    rest = null;
    if (left == null) {
      return in;
    }
    ByteBuf all = left;
    if (left.isReadOnly() || left.writableBytes() < in.readableBytes()) {
      int whole = Math.min(FrameReader.size(left), Frame.HEADER + Frame.MAX_PAYLOAD);
      all = alloc.buffer(Math.max(left.readableBytes() + in.readableBytes(), whole));
      all.writeBytes(left);
      left.release();
    }
    all.writeBytes(in);
    in.release();
    return all;
  }

  /// Reads one frame.
  ///
  /// @return whether it was all there
  boolean read(ByteBuf in) throws Http2Exception {
    return (!prefaceLeft || preface(in)) && reader.read(in);
  }

  /// @return whether it is all there
  private boolean preface(ByteBuf in) throws Http2Exception {
    int compared = Math.min(in.readableBytes(), PREFACE.readableBytes());
    for (int i = 0; i < compared; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE.getByte(i)) {
        throw Http2Exception.connection(Http2Error.PROTOCOL_ERROR, "not HTTP/2's preface");
      }
    }
    if (compared == PREFACE.readableBytes()) {
      in.skipBytes(compared);
      prefaceLeft = false;
    }
    return !prefaceLeft;
  }

  /// Keeps what is left for the next piece.
  ///
  /// @param more whether there is a next one
  void keep(ByteBuf all, boolean more) {
    if (more && all.isReadable()) {
      rest = all;
    } else {
      all.release();
    }
    if (!more) {
      reader.close();
    }
  }

  void close() {
    reader.close();
    if (rest != null) {
      rest.release();
      rest = null;
    }
  }
}
