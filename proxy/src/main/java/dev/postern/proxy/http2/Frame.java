package dev.postern.proxy.http2;

import io.netty.buffer.ByteBuf;

/// Types, flags and sizes of frames (RFC 9113 4.1, 6).
final class Frame {
  static final int HEADER = 9;

  /// What each side has to take, and all that Postern takes and sends (RFC 9113 4.2).
  static final int MAX_PAYLOAD = 16_384;

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int NO_FLAG = 0;
  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;
  static final int WITH_PRIORITY = 32;

  private Frame() {}

  /// Writes a frame's header.
  static void header(ByteBuf to, int payload, int type, int flags, int streamId) {
    to.writeLong(start(payload, type, flags, streamId));
    to.writeByte(streamId);
  }

  /// Sets a frame's header where room was left for it.
  static void header(ByteBuf in, int at, int payload, int type, int flags, int streamId) {
    in.setLong(at, start(payload, type, flags, streamId));
    in.setByte(at + 8, streamId);
  }

  /// All of it but the last octet of the stream's id.
  private static long start(int payload, int type, int flags, int streamId) {
    return ((long) payload << 40) | ((long) type << 32) | ((long) flags << 24) | (streamId >>> 8);
  }
}
