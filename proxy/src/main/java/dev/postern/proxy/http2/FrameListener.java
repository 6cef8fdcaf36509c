package dev.postern.proxy.http2;

import io.netty.buffer.ByteBuf;

/// What a peer sends, a frame at a time and each of the right shape (RFC 9113 6). Buffers are valid
/// until the call returns.
interface FrameListener {

  /// @param data without its padding
  /// @param octets that count against windows
  void data(int streamId, ByteBuf data, int octets, boolean end) throws Http2Exception;

  /// @param block the whole of it, CONTINUATION frames joined
  /// @param ofItself whether it names its own stream as the one that it depends on
  void headers(int streamId, ByteBuf block, boolean end, boolean ofItself) throws Http2Exception;

  void priority() throws Http2Exception;

  void reset(int streamId, long code) throws Http2Exception;

  /// @param in where the settings stand, each of 6 octets
  void settings(ByteBuf in, int from, int to) throws Http2Exception;

  void settingsAck() throws Http2Exception;

  void ping(long data, boolean ack) throws Http2Exception;

  void goAway(int lastStreamId, long code) throws Http2Exception;

  /// @param streamId 0 for the connection
  /// @param increment 0 or more; 0 is an error of the connection, or of a stream that is open (RFC
  ///   9113 6.9)
  void windowUpdate(int streamId, int increment) throws Http2Exception;

  void unknown() throws Http2Exception;
}
