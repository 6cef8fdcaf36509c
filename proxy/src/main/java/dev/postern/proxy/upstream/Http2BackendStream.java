package dev.postern.proxy.upstream;

import dev.postern.proxy.http1.Malformed;
import dev.postern.proxy.http2.Http2Error;
import dev.postern.proxy.http2.Http2Exception;
import dev.postern.proxy.http2.Http2Stream;
import dev.postern.proxy.http2.ResponseFields;
import dev.postern.proxy.http2.StreamOwner;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.BackendListener.Acted;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One request on an HTTP/2 connection to a backend.
///
/// The backend's window is given back only when the client takes the body: what was received of it
/// before is never more than that window.
final class Http2BackendStream implements BackendStream, StreamOwner {
  private static final byte[] HEAD = Octets.ascii("HEAD");

  /// More interim responses than this are not an answer any more.
  private static final int MAX_INFORMATIONAL = 32;

  private final Http2BackendConnection owner;
  private final boolean reused;
  private final long takenNanos;
  private final long readsBefore;
  private @Nullable BackendListener listener;
  private @Nullable Http2Stream stream;
  private boolean toHead;
  private boolean requestEnded;
  private boolean headSeen;
  private @Nullable RequestHead connect;
  private @Nullable WebSocketHandshake handshake;
  private boolean tunnel;
  private boolean responseEnded;
  private boolean takesNoMore;
  private boolean wanted = true;
  private boolean touched;
  private boolean released;
  private int informational;
  private int withheld;
  private long bodyLeft = ResponseHead.UNKNOWN_LENGTH;

  Http2BackendStream(Http2BackendConnection owner, BackendListener listener, boolean reused) {
    this.owner = owner;
    this.listener = listener;
    this.reused = reused;
    this.takenNanos = owner.worker().clock().nanos();
    this.readsBefore = owner.reads();
  }

  @Override
  public void head(RequestHead request, boolean end) {
    if (request.websocket()) {
      handshake = new WebSocketHandshake(request);
      connect = request;
      if (owner.webSockets().known()) {
        mayConnect();
      } else {
        owner.webSockets().await(this);
      }
      return;
    }
    toHead = request.methodIs(HEAD);
    requestEnded = end;
    if (opens()) {
      owner.head(opened(), request, owner.secure(), end);
    }
  }

  /// What the backend says of WebSockets is known.
  void mayConnect() {
    RequestHead request = connect;
    connect = null;
    if (request == null) {
      return;
    }
    if (!owner.webSockets().enabled()) {
      failLater(
          TrafficFailure.PROTOCOL_ERROR,
          "the client wants a WebSocket, and the backend's HTTP/2 has none: it sent no"
              + " SETTINGS_ENABLE_CONNECT_PROTOCOL",
          Acted.CANNOT);
    } else if (opens()) {
      owner.connect(opened(), request, owner.secure());
      flush();
    }
  }

  private boolean opens() {
    stream = owner.begin(this);
    if (stream == null) {
      failLater(TrafficFailure.REMOTE_REFUSED, "the connection was just ended", Acted.NO);
    }
    return stream != null;
  }

  private Http2Stream opened() {
    return Objects.requireNonNull(stream);
  }

  /// Never from within a call of the exchange.
  private void failLater(TrafficFailure failure, String reason, Acted acted) {
    owner.later(() -> fail(failure, reason, acted));
  }

  @Override
  public void data(ByteBuf data, boolean end) {
    requestEnded = end;
    Http2Stream to = stream;
    if (to == null || !to.localOpen()) {
      data.release();
      return;
    }
    int octets = data.readableBytes();
    owner.data(to, data, end);
    owner.guard().sent(octets);
  }

  @Override
  public void trailers(HeaderBlock trailers) {
    if (trailers.count() == 0) {
      data(Unpooled.EMPTY_BUFFER, true);
    } else if (stream != null && stream.localOpen()) {
      requestEnded = true;
      owner.trailers(stream, trailers);
    }
  }

  @Override
  public void flush() {
    owner.flushSoon();
  }

  @Override
  public boolean writable() {
    Http2Stream to = stream;
    return to == null || owner.writable(to);
  }

  @Override
  public boolean refusable() {
    return true;
  }

  @Override
  public void readResponse(boolean wanted) {
    if (this.wanted == wanted) {
      return;
    }
    this.wanted = wanted;
    owner
        .cells()
        .increment(
            (wanted
                    ? ClusterStat.UPSTREAM_FLOW_CONTROL_RESUMED_READING
                    : ClusterStat.UPSTREAM_FLOW_CONTROL_PAUSED_READING)
                .ordinal());
    Http2Stream from = stream;
    int octets = withheld;
    if (wanted && octets > 0 && from != null) {
      withheld = 0;
      if (owner.giveBack(from, octets)) {
        owner.flushSoon();
      }
    }
  }

  @Override
  public void cancel() {
    if (listener == null) {
      return;
    }
    listener = null;
    if (connect != null) {
      connect = null;
      owner.webSockets().forget(this);
    }
    if (requestEnded && responseEnded) {
      outputEnds();
    } else {
      owner.cancelled(readsBefore, takenNanos);
      reset(Http2Error.CANCEL);
    }
  }

  /// Both sides of a tunnel have ended. The last octets may still wait for the backend's window,
  /// but not for ever.
  private void outputEnds() {
    owner.guard().completed();
    long nanos = owner.worker().timeouts().streamIdle().toNanos();
    if (nanos > 0) {
      owner.worker().loop().schedule(() -> reset(Http2Error.CANCEL), nanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public String protocol() {
    return "HTTP/2";
  }

  @Override
  public String tlsVersion() {
    return owner.tlsVersion();
  }

  @Override
  public void fields(boolean end, boolean tooLarge) throws Http2Exception {
    ResponseFields fields = owner.fields();
    Malformed large = tooLarge ? Malformed.HEAD_TOO_LARGE : null;
    if (!headSeen) {
      responseHead(large != null ? large : fields.response(toHead, end), fields.head(), end);
    } else if (end) {
      responseTrailers(large != null ? large : fields.trailers(), fields.head().headers());
    } else if (listener != null) {
      malformed("a second head");
    }
  }

  private void responseHead(@Nullable Malformed wrong, ResponseHead head, boolean end) {
    BackendListener to = listener;
    if (to == null) {
      return;
    }
    if (wrong != null) {
      malformed(wrong.reason());
      return;
    }
    if (head.status() < 200) {
      if (head.status() == 101 || end || ++informational > MAX_INFORMATIONAL) {
        // RFC 9113 8.6: there is no 101. 8.1: a final response has to follow.
        malformed(
            head.status() == 101
                ? "101 in HTTP/2"
                : end ? "1xx without a final response" : "too many 1xx responses");
      } else {
        touch();
        to.responseInformational(head);
      }
      return;
    }
    headSeen = true;
    WebSocketHandshake asked = handshake;
    if (asked != null && head.status() < 300) {
      tunnel = true;
      responseEnded = end;
      touch();
      asked.agreed(head);
      to.responseSwitched(head);
      if (end && listener != null) {
        tunnelData(to, Unpooled.EMPTY_BUFFER);
      }
      return;
    }
    if (asked != null) {
      // Refused: nothing follows the request.
      data(Unpooled.EMPTY_BUFFER, true);
      flush();
    }
    bodyLeft = head.bodyless() ? 0 : head.contentLength();
    if (end || head.bodyless()) {
      listener = null;
      to.responseHead(head, true);
      complete(to, end);
    } else {
      touch();
      to.responseHead(head, false);
    }
  }

  @Override
  public int body(ByteBuf data, boolean end) {
    int octets = data.readableBytes();
    BackendListener to = listener;
    if (to == null) {
      return octets;
    }
    if (!headSeen) {
      malformed("DATA before HEADERS");
      return octets;
    }
    if (bodyLeft >= 0) {
      bodyLeft -= octets;
      if (bodyLeft < 0 || (end && bodyLeft > 0)) {
        malformed(Malformed.BODY_LENGTH.reason());
        return octets;
      }
    }
    ByteBuf taken = octets > 0 ? data.retain() : Unpooled.EMPTY_BUFFER;
    if (end && tunnel) {
      responseEnded = true;
      tunnelData(to, taken);
    } else if (end) {
      listener = null;
      to.responseData(taken, true);
      complete(to, true);
    } else if (octets > 0) {
      touch();
      to.responseData(taken, false);
    }
    if (wanted || listener == null) {
      return octets;
    }
    withheld += octets;
    return 0;
  }

  /// The backend ends its side of a tunnel; the client may go on.
  private void tunnelData(BackendListener to, ByteBuf last) {
    to.responseData(last, true);
    to.responseFlush();
  }

  private void responseTrailers(@Nullable Malformed wrong, HeaderBlock trailers) {
    BackendListener to = listener;
    if (to == null) {
      return;
    }
    if (tunnel) {
      malformed(Malformed.FIELDS_IN_TUNNEL.reason());
      return;
    }
    if (wrong != null || bodyLeft > 0) {
      malformed(wrong != null ? wrong.reason() : Malformed.BODY_LENGTH.reason());
      return;
    }
    listener = null;
    if (trailers.count() > 0) {
      to.responseTrailers(trailers);
    } else {
      to.responseData(Unpooled.EMPTY_BUFFER, true);
    }
    complete(to, true);
  }

  /// The response is complete; the rest of the request, if there is one, is of no use any more (RFC
  /// 9113 8.1).
  private void complete(BackendListener to, boolean remoteEnded) {
    to.responseFlush();
    if (!remoteEnded || (stream != null && stream.localOpen())) {
      reset(Http2Error.CANCEL);
    }
    owner.guard().completed();
  }

  private void malformed(String reason) {
    owner.cells().increment(ClusterStat.HTTP2_RX_MESSAGING_ERROR.ordinal());
    owner.cells().increment(ClusterStat.UPSTREAM_CX_PROTOCOL_ERROR.ordinal());
    reset(Http2Error.PROTOCOL_ERROR);
    fail(TrafficFailure.PROTOCOL_ERROR, reason, Acted.PERHAPS);
    owner.misbehaved();
  }

  @Override
  public void peerReset(long code) {
    owner.cells().increment(ClusterStat.HTTP2_RX_RESET.ordinal());
    if (code == Http2Error.REFUSED_STREAM.code()) {
      owner.refused();
    }
    if (tunnel && responseEnded && code == Http2Error.NO_ERROR.code()) {
      // RFC 9113 8.1: it said all, and wants no more. What the client still says is dropped.
      takesNoMore = true;
    } else if (code == Http2Error.REFUSED_STREAM.code()) {
      fail(TrafficFailure.REMOTE_REFUSED, "the backend refused the stream", Acted.NO);
    } else {
      Http2Error known = Http2Error.of(code);
      String name = known == null ? Long.toString(code) : known.name();
      Acted acted = known == Http2Error.HTTP_1_1_REQUIRED ? Acted.WANTS_HTTP1 : Acted.PERHAPS;
      fail(TrafficFailure.REMOTE_RESET, "the backend reset the stream: " + name, acted);
    }
  }

  /// The backend broke a rule on this stream, or it could not be written to.
  void broken(Http2Exception error) {
    if (listener != null) {
      malformed(error.what());
    } else {
      reset(error.error());
    }
  }

  /// A fault in Postern ends this request, and not the others of the connection.
  @Override
  public void fault(Throwable cause) {
    reset(Http2Error.INTERNAL_ERROR);
    fail(TrafficFailure.PROTOCOL_ERROR, "internal error", Acted.PERHAPS);
  }

  @Override
  public void localEnded() {}

  @Override
  public void closed(int id) {
    owner.cells().add(ClusterStat.HTTP2_STREAMS_ACTIVE.ordinal(), -1);
    stream = null;
    if (!released) {
      released = true;
      owner.streamEnded();
    }
    BackendListener to = listener;
    if (to != null && takesNoMore) {
      to.backendWritable();
    } else if (to != null) {
      owner.tellWhyClosed(this, id);
    }
  }

  /// Whether it was the first to show that a connection which had been idle is no more.
  ///
  /// @param reads how often something came until now
  boolean hardly(long reads) {
    return reused && reads == readsBefore;
  }

  void fail(TrafficFailure failure, String reason, Acted acted) {
    BackendListener to = listener;
    listener = null;
    if (stream == null && !released) {
      released = true;
      owner.streamEnded();
    }
    if (to != null) {
      to.responseFailed(failure, reason, acted);
    }
  }

  private void reset(Http2Error code) {
    Http2Stream to = stream;
    if (to == null) {
      if (!released) {
        released = true;
        owner.streamEnded();
      }
    } else if (!to.resetSent() && !to.closed()) {
      owner.giveUp(to, code);
    }
  }

  @Override
  public void writabilityChanged() {
    if (listener != null && writable()) {
      listener.backendWritable();
    }
  }

  private void touch() {
    if (!touched) {
      touched = true;
      owner.touch(this);
    }
  }

  void flushResponse() {
    touched = false;
    if (listener != null) {
      listener.responseFlush();
    }
  }
}
