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

  CLOSED
}
