package dev.postern.proxy.http2;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// What one SETTINGS frame of a peer says (RFC 9113 6.5.2, RFC 8441 3); null for what it does not.
///
/// @param headerTable octets of HPACK's table
/// @param smallestTable the smallest of them, when it is said more than once (RFC 7541 4.2)
/// @param maxStreams that we may have open at a time
/// @param streamWindow in octets
/// @param connectProtocol whether it takes WebSockets
public record PeerSettings(
    @Nullable Long headerTable,
    @Nullable Long smallestTable,
    @Nullable Long maxStreams,
    @Nullable Integer streamWindow,
    @Nullable Boolean connectProtocol) {

  /// @throws Http2Exception when a value is out of bounds
  static PeerSettings read(ByteBuf in, int from, int to) throws Http2Exception {
    Long headerTable = null;
    Long smallestTable = null;
    Long maxStreams = null;
    Integer streamWindow = null;
    Boolean connectProtocol = null;
    for (int at = from; at < to; at += 6) {
      long value = in.getUnsignedInt(at + 2);
      switch (in.getUnsignedShort(at)) {
        case LocalSettings.HEADER_TABLE_SIZE -> {
          headerTable = value;
          smallestTable = smallestTable == null ? value : Math.min(smallestTable, value);
        }
        case LocalSettings.ENABLE_PUSH ->
            require(value <= 1, Http2Error.PROTOCOL_ERROR, "ENABLE_PUSH");
        case LocalSettings.MAX_CONCURRENT_STREAMS -> maxStreams = value;
        case LocalSettings.INITIAL_WINDOW_SIZE -> {
          require(value <= Integer.MAX_VALUE, Http2Error.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE");
          streamWindow = (int) value;
        }
        case LocalSettings.MAX_FRAME_SIZE ->
            require(
                value >= Frame.MAX_PAYLOAD && value < 1 << 24,
                Http2Error.PROTOCOL_ERROR,
                "MAX_FRAME_SIZE");
        case LocalSettings.ENABLE_CONNECT_PROTOCOL -> {
          require(value <= 1, Http2Error.PROTOCOL_ERROR, "ENABLE_CONNECT_PROTOCOL");
          connectProtocol = value == 1;
        }
        default -> {
          // RFC 9113 6.5.2: what is not known is ignored.
        }
      }
    }
    return new PeerSettings(headerTable, smallestTable, maxStreams, streamWindow, connectProtocol);
  }

  private static void require(boolean right, Http2Error code, String setting)
      throws Http2Exception {
    if (!right) {
      throw Http2Exception.connection(code, "SETTINGS_" + setting + " is out of bounds");
    }
  }
}
