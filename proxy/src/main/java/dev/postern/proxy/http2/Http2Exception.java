package dev.postern.proxy.http2;

/// A peer broke a rule of HTTP/2. Has no stack, as whoever sends rubbish would make us collect it.
public final class Http2Exception extends Exception {
  private static final long serialVersionUID = 1L;

  private final int streamId;
  private final Http2Error error;

  private Http2Exception(int streamId, Http2Error error, String message) {
    super(message, null, false, false);
    this.streamId = streamId;
    this.error = error;
  }

  /// The connection is lost (RFC 9113 5.4.1).
  static Http2Exception connection(Http2Error error, String what) {
    return new Http2Exception(0, error, what);
  }

  /// A stream is lost (RFC 9113 5.4.2).
  static Http2Exception stream(int streamId, Http2Error error, String what) {
    return new Http2Exception(streamId, error, what);
  }

  /// Whose rule it is; 0 for the connection's.
  public int streamId() {
    return streamId;
  }

  /// What the peer is told.
  public Http2Error error() {
    return error;
  }

  /// What it did, in some words.
  public String what() {
    return String.valueOf(getMessage());
  }
}
