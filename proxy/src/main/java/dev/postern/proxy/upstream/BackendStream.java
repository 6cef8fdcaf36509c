package dev.postern.proxy.upstream;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import io.netty.buffer.ByteBuf;

/// The backend's side of one request, as the exchange sees it. Nothing is sent before [#flush].
/// What the backend answers goes to the [BackendListener].
public interface BackendStream {

  /// Sends the head.
  ///
  /// @param end whether no body follows
  void head(RequestHead head, boolean end);

  /// Sends a part of the body. Takes the buffer over.
  void data(ByteBuf data, boolean end);

  /// Sends the trailer fields and ends the request.
  void trailers(HeaderBlock trailers);

  /// Sends what was written.
  void flush();

  /// Whether more may be written; the exchange is told by [BackendListener#backendWritable] when it
  /// may again.
  boolean writable();

  /// Whether the backend may say, after parts of the body were sent, that it did not act on the
  /// request: whoever keeps those can send it again.
  default boolean refusable() {
    return false;
  }

  /// Stops or resumes to read the response.
  void readResponse(boolean wanted);

  /// The exchange is over before its time: nothing more may come of this stream.
  void cancel();

  /// `HTTP/1.1`, `HTTP/2` or `FastCGI`.
  String protocol();

  /// `TLSv1.3` and the like, or `-` in plaintext.
  String tlsVersion();
}
