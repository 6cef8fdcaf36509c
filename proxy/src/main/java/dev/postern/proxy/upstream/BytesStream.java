package dev.postern.proxy.upstream;

/// The backend's side of a connection of octets. It lasts until it is cancelled or reset, also when
/// both sides have ended: only who holds it knows whether everything has arrived on the other side.
public interface BytesStream extends BackendStream {

  /// Sends what was written, and then that no more follows.
  ///
  /// @param then what to do when all that is sent; never, when the connection breaks before: then
  ///   [BackendListener#responseFailed] tells
  void endOutput(Runnable then);

  /// Ends the connection in a way that the backend does not take for the end of what it was sent.
  void reset();
}
