package dev.postern.proxy.upstream;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.TrafficFailure;
import io.netty.buffer.ByteBuf;

/// Who waits for a connection and then for a response. Called on the event loop, never from within
/// a call to [BackendStream].
public interface BackendListener {

  /// A connection is there; nothing was sent on it.
  void connected(BackendStream stream);

  /// No connection came to be.
  ///
  /// @param reason for logs: never for a client
  void connectFailed(TrafficFailure failure, String reason);

  /// A 1xx came. Valid until the call returns.
  void responseInformational(ResponseHead head);

  /// The backend switched protocols, as a request with
  /// [dev.postern.proxy.message.RequestHead#websocket] asked: from now on octets flow both ways
  /// until both sides have ended. Valid until the call returns; may be changed.
  void responseSwitched(ResponseHead head);

  /// The response's head came. Valid until the call returns; may be changed.
  void responseHead(ResponseHead head, boolean end);

  /// A part of the body came; it is the listener's now.
  void responseData(ByteBuf data, boolean end);

  /// The trailer fields came, and with them the end. Valid until the call returns.
  void responseTrailers(HeaderBlock trailers);

  /// Nothing more comes for now: what was written should be sent.
  void responseFlush();

  /// The backend said something that is for the log alone; before the response's end.
  void responseNote(String note);

  /// Whether the backend acted on a request that failed.
  enum Acted {
    /// Certainly not: it said so (RFC 9113 8.7).
    NO,
    /// It closed a connection that had been idle at the moment it was used again.
    HARDLY,
    /// Certainly not, and it would over HTTP/1.1 (RFC 9113 7, HTTP_1_1_REQUIRED).
    WANTS_HTTP1,
    /// Certainly not: it does not do what the request wants, which is no fault of it.
    CANNOT,
    /// Nobody knows.
    PERHAPS
  }

  /// The response will not be completed.
  void responseFailed(TrafficFailure failure, String reason, Acted acted);

  /// More may be written to the backend.
  void backendWritable();
}
