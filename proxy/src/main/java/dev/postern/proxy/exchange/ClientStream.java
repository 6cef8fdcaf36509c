package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import io.netty.buffer.ByteBuf;

/// The client's side of one request, as the [Exchange] sees it. Nothing is sent before [#flush].
public interface ClientStream {

  /// The request's head; the exchange changes it into what the backend gets. Stays valid until the
  /// exchange has ended.
  RequestHead request();

  /// Who the client is.
  ClientConnection connection();

  /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`.
  String protocol();

  /// Sends a 1xx, if the client can take it.
  void informational(ResponseHead head);

  /// Tells the client that the backend switched protocols. What it sends from now on goes to
  /// [Exchange#requestData] as it is, its end included; [#data] with the end says that the backend
  /// has ended, while the client may go on. Valid until the call returns; may be changed.
  void switched(ResponseHead head);

  /// Sends the final response's head. Valid until the call returns.
  ///
  /// @param end whether no body and no trailers follow
  void head(ResponseHead head, boolean end);

  /// Sends a part of the body. Takes the buffer over.
  void data(ByteBuf data, boolean end);

  /// Sends the trailer fields and ends the response. Valid until the call returns.
  void trailers(HeaderBlock trailers);

  /// Ends a response that cannot be completed, so that the client notices.
  void abort();

  /// Sends what was written.
  void flush();

  /// Whether more may be written; the exchange is told by [Exchange#clientWritable] when it may
  /// again.
  boolean writable();

  /// Stops or resumes to read the request's body.
  void readBody(boolean wanted);
}
