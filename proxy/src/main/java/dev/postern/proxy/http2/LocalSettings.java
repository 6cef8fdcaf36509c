package dev.postern.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// What Postern says of itself at the start of a connection (RFC 9113 6.5.2, RFC 8441 3).
///
/// @param server whether it is the server: it limits streams and takes WebSockets; a client wants
///   nothing pushed
/// @param maxStreams that a client may have open at a time
/// @param streamWindow in octets, for each stream
/// @param connectionWindow in octets, for all streams together
/// @param maxFieldOctets of one header section
public record LocalSettings(
    boolean server, int maxStreams, int streamWindow, int connectionWindow, int maxFieldOctets) {

  static final int HEADER_TABLE_SIZE = 1;
  static final int ENABLE_PUSH = 2;
  static final int MAX_CONCURRENT_STREAMS = 3;
  static final int INITIAL_WINDOW_SIZE = 4;
  static final int MAX_FRAME_SIZE = 5;
  static final int MAX_HEADER_LIST_SIZE = 6;
  static final int ENABLE_CONNECT_PROTOCOL = 8;

  /// The payload of the SETTINGS frame.
  ByteBuf encoded() {
    ByteBuf to = Unpooled.buffer(24);
    if (server) {
      put(to, MAX_CONCURRENT_STREAMS, maxStreams);
      put(to, ENABLE_CONNECT_PROTOCOL, 1);
    } else {
      put(to, ENABLE_PUSH, 0);
    }
    put(to, INITIAL_WINDOW_SIZE, streamWindow);
    put(to, MAX_HEADER_LIST_SIZE, maxFieldOctets);
    return to;
  }

  private static void put(ByteBuf to, int setting, int value) {
    to.writeShort(setting);
    to.writeInt(value);
  }
}
