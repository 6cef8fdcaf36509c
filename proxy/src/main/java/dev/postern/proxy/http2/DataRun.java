package dev.postern.proxy.http2;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/// DATA frames of one stream that stand one behind the other, as those of a gRPC stream of small
/// messages do: they are moved together in their buffer and read as one. What is done for a frame
/// costs many times what moving a small one does.
final class DataRun {
  /// Larger frames are not worth moving.
  private static final int MOVED = 2048;

  private int end;
  private boolean endsStream;

  /// Where the payload of all of them ends.
  int end() {
    return end;
  }

  /// Whether the last of them ends its stream.
  boolean endsStream() {
    return endsStream;
  }

  /// Joins what follows to a frame without flags, and reads over it.
  ///
  /// @param at where that frame's payload begins
  /// @param until where it ends, which is where the reader stands
  void join(ByteBuf in, int streamId, int at, int until) {
    end = until;
    endsStream = false;
    ByteBuffer octets = null;
    int shift = 0;
    int length;
    while (!endsStream && (length = next(in, streamId, at)) >= 0) {
      int from = in.readerIndex() + Frame.HEADER;
      if (octets == null) {
        octets = in.internalNioBuffer(at, in.writerIndex() - at);
        shift = octets.position() - at;
      }
      octets.put(end + shift, octets, from + shift, length);
      end += length;
      in.readerIndex(from + length);
    }
  }

  /// @return the length of the frame that follows, when it can be joined; else less than 0
  private int next(ByteBuf in, int streamId, int at) {
    int start = in.readerIndex();
    if (in.readableBytes() < Frame.HEADER) {
      return -1;
    }
    long head = in.getLong(start);
    int length = (int) (head >>> 40);
    int type = (int) (head >>> 32) & 0xff;
    int flags = (int) (head >>> 24) & 0xff;
    int id = ((int) (head << 8) | in.getUnsignedByte(start + 8)) & Integer.MAX_VALUE;
    boolean ends = flags == Frame.END_STREAM;
    boolean joins =
        type == Frame.DATA
            && id == streamId
            && (ends || (flags == Frame.NO_FLAG && length > 0))
            && length <= MOVED
            && end - at + length <= Frame.MAX_PAYLOAD
            && in.readableBytes() >= Frame.HEADER + length;
    endsStream = joins && ends;
    return joins ? length : -1;
  }
}
