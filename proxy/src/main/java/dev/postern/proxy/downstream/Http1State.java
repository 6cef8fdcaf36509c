package dev.postern.proxy.downstream;

/// What a connection of a client in HTTP/1.x is at.
enum Http1State {
  /// Waiting for a request's head.
  IDLE,

  /// An exchange is under way.
  BUSY,

  /// The response is out; the rest of the body is dropped, behind which the next request comes.
  DISCARDING,

  /// The last response is out; what still comes is dropped.
  LINGERING,

  CLOSED;

  /// How long a client may say nothing more of a body that nobody wants, or go on with one behind
  /// the last response, to read that meanwhile.
  static final long LINGER_NANOS = 2_000_000_000L;

  /// So much of a body is read to its end although nobody wants it, to keep the connection.
  static final int DISCARDED_OCTETS = 64 * 1024;
}
