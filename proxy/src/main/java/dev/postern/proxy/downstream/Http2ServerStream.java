package dev.postern.proxy.downstream;

import dev.postern.proxy.exchange.ClientConnection;
import dev.postern.proxy.exchange.ClientStream;
import dev.postern.proxy.exchange.Exchange;
import dev.postern.proxy.http1.Malformed;
import dev.postern.proxy.http2.Http2Error;
import dev.postern.proxy.http2.Http2Stream;
import dev.postern.proxy.http2.RequestFields;
import dev.postern.proxy.http2.StreamOwner;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.HttpStat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// One request of an HTTP/2 client. Used for one stream after another of its connection.
///
/// The client's window is given back only when the backend takes the body: what was received of it
/// before is never more than that window.
///
/// A response may be complete before its request is. What the client still sends is dropped then,
/// and the stream stays open for a moment, as most clients end it by themselves. A RST_STREAM right
/// behind the response (RFC 9113 8.1 allows it) makes some of them forget the response: curl 7.88
/// does when both come at once.
final class Http2ServerStream implements ClientStream, StreamOwner {
  /// How much more is taken of a request that is answered already: what may be on its way.
  private static final int DROPPED_OCTETS = Http2ServerConnection.STREAM_WINDOW;

  /// Who waits for so long wanted an answer.
  private static final long PREMATURE_NANOS = 1_000_000_000L;

  private final Http2ServerConnection owner;
  private final ClientConnection connection;
  private final RequestHead head = new RequestHead();
  private final Exchange exchange;

  private @Nullable Http2Stream stream;
  private long openedNanos;
  private boolean answered;
  private int withheld;
  private long bodyLeft;
  private boolean started;
  private boolean touched;
  private boolean bodyWanted;
  private boolean bodyEnded;
  private boolean responseEnded;
  private boolean tunnel;
  private long responseEndedNanos;
  private boolean lingering;
  private long lingeringSince;
  private int dropped;
  private @Nullable Http2Error resetWith;

  Http2ServerStream(Http2ServerConnection owner) {
    this.owner = owner;
    this.connection = owner.client();
    this.exchange = new Exchange(this);
  }

  /// From now on it is that stream.
  void open(Http2Stream stream) {
    this.stream = stream;
    openedNanos = connection.worker().clock().nanos();
    answered = false;
    started = false;
    withheld = 0;
    bodyLeft = RequestHead.UNKNOWN_LENGTH;
    bodyWanted = true;
    bodyEnded = false;
    responseEnded = false;
    tunnel = false;
    lingering = false;
    resetWith = null;
  }

  @Override
  public void fields(boolean end, boolean tooLarge) {
    if (started) {
      bodyEnded = true;
      requestTrailers(
          tooLarge ? Malformed.HEAD_TOO_LARGE : owner.fields().trailers(), owner.trailers());
      return;
    }
    started = true;
    bodyEnded = end;
    RequestFields fields = owner.fields();
    Malformed wrong = tooLarge ? Malformed.HEAD_TOO_LARGE : fields.request(end);
    if (wrong != null) {
      malformed(wrong);
      return;
    }
    bodyLeft = fields.contentLength();
    Routes routes = owner.routes();
    if (routes.ended()) {
      owner.refuse(this);
      return;
    }
    touch();
    exchange.start(routes.current().match(head), end);
  }

  /// A fault in Postern ends this stream, and not the others of the connection.
  @Override
  public void fault(Throwable cause) {
    reset(Http2Error.INTERNAL_ERROR);
  }

  /// The head cannot be taken. That is answered; a head that breaks a rule also resets the stream
  /// (RFC 9113 8.1.1).
  private void malformed(Malformed why) {
    boolean tooMuch = why.status() == 431;
    connection.count(
        tooMuch ? HttpStat.DOWNSTREAM_RQ_TOO_LARGE : HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR);
    resetWith = why.status() == 400 && why != Malformed.PATH ? Http2Error.PROTOCOL_ERROR : null;
    exchange.reject(why.status(), why.reason());
    owner.misbehaved();
  }

  private void malformedBody(Malformed why) {
    connection.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR);
    resetWith = Http2Error.PROTOCOL_ERROR;
    exchange.requestMalformed(why.reason());
    owner.misbehaved();
  }

  @Override
  public int body(ByteBuf data, boolean end) {
    int octets = data.readableBytes();
    if (!exchange.active()) {
      bodyEnded |= end;
      if (lingering && !end) {
        dropped(octets);
      }
      return octets;
    }
    if (bodyLeft >= 0) {
      bodyLeft -= octets;
      if (bodyLeft < 0 || (end && bodyLeft > 0)) {
        malformedBody(Malformed.BODY_LENGTH);
        return octets;
      }
    }
    bodyEnded = end;
    if (octets > 0 || end) {
      touch();
      exchange.requestData(octets > 0 ? data.retain() : Unpooled.EMPTY_BUFFER, end);
    }
    if (bodyWanted || bodyEnded || !exchange.active()) {
      return octets;
    }
    withheld += octets;
    return 0;
  }

  private void requestTrailers(@Nullable Malformed wrong, HeaderBlock trailers) {
    if (!exchange.active()) {
      return;
    }
    if (wrong != null) {
      malformedBody(wrong);
    } else if (head.websocket()) {
      malformedBody(Malformed.FIELDS_IN_TUNNEL);
    } else if (bodyLeft > 0) {
      malformedBody(Malformed.BODY_LENGTH);
    } else {
      touch();
      if (trailers.count() > 0) {
        exchange.requestTrailers(trailers);
      } else {
        exchange.requestData(Unpooled.EMPTY_BUFFER, true);
      }
    }
  }

  private void touch() {
    if (!touched) {
      touched = true;
      owner.touch(this);
    }
  }

  void flushBackend() {
    touched = false;
    exchange.flushBackend();
  }

  @Override
  public boolean premature() {
    return !answered && connection.worker().clock().nanos() - openedNanos < PREMATURE_NANOS;
  }

  @Override
  public void peerReset(long errorCode) {
    resetWith = null;
    Http2Stream given = stream;
    if (given != null) {
      owner.givenUp(given.id());
    }
    if (!lingering) {
      connection.count(HttpStat.DOWNSTREAM_RQ_RX_RESET);
      responseEnded = false;
    }
    exchange.clientGone();
  }

  @Override
  public void closed(int streamId) {
    exchange.clientGone();
    Http2Error code = resetWith;
    resetWith = null;
    if (code != null) {
      reset(code);
    } else if (responseEnded) {
      owner.guard().completed();
    }
    stream = null;
    if (lingering) {
      owner.lingering(-1);
    }
    owner.over(this);
  }

  /// The response went out while the request goes on.
  @Override
  public void localEnded() {
    Http2Error code = resetWith;
    if (code != null) {
      resetWith = null;
      reset(code);
    } else if (!bodyEnded && !tunnel) {
      lingering = true;
      lingeringSince = connection.worker().clock().nanos();
      dropped = 0;
      readBody(true);
      owner.lingering(1);
    }
  }

  private void dropped(int octets) {
    dropped += octets;
    if (dropped > DROPPED_OCTETS) {
      reset(Http2Error.NO_ERROR);
    }
  }

  /// Ends it when its response was complete for so long, whatever the client still wants to send.
  void endLingering(long nowNanos, long limit) {
    if (lingering && nowNanos - lingeringSince >= limit) {
      reset(Http2Error.NO_ERROR);
    }
  }

  void reset(Http2Error code) {
    Http2Stream to = stream;
    if (to != null && !to.resetSent() && !owner.ended()) {
      connection.count(HttpStat.DOWNSTREAM_RQ_TX_RESET);
      writeReset(to, code);
    }
  }

  private void writeReset(Http2Stream to, Http2Error code) {
    owner.giveUp(to, code);
    owner.flushSoon();
  }

  /// Whether the client does not take a response that is complete.
  boolean stalled(long nowNanos, long limit) {
    return responseEnded && nowNanos - responseEndedNanos > limit;
  }

  @Override
  public void writabilityChanged() {
    if (exchange.active() && writable()) {
      exchange.clientWritable();
    }
  }

  @Override
  public RequestHead request() {
    return head;
  }

  @Override
  public ClientConnection connection() {
    return connection;
  }

  @Override
  public String protocol() {
    return "HTTP/2";
  }

  @Override
  public void informational(ResponseHead response) {
    write(response, false);
  }

  /// RFC 8441 5: what is 101 in HTTP/1.1 is a success here.
  @Override
  public void switched(ResponseHead response) {
    tunnel = true;
    answered = true;
    response.status(200);
    write(response, false);
  }

  @Override
  public void head(ResponseHead response, boolean end) {
    answered = true;
    write(response, end);
  }

  @Override
  public void data(ByteBuf data, boolean end) {
    Http2Stream to = stream;
    if (to == null) {
      data.release();
      return;
    }
    ended(end);
    int octets = data.readableBytes();
    owner.data(to, data, end);
    owner.queued(octets);
  }

  @Override
  public void trailers(HeaderBlock trailers) {
    if (trailers.count() == 0) {
      data(Unpooled.EMPTY_BUFFER, true);
    } else {
      Http2Stream to = stream;
      if (to != null) {
        ended(true);
        owner.trailers(to, trailers);
      }
    }
  }

  private void write(ResponseHead response, boolean end) {
    Http2Stream to = stream;
    if (to != null) {
      ended(end);
      owner.head(to, response, end);
    }
  }

  private void ended(boolean end) {
    if (end) {
      responseEnded = true;
      responseEndedNanos = connection.worker().clock().nanos();
    }
  }

  @Override
  public void abort() {
    Http2Stream to = stream;
    if (to != null) {
      Http2Error code = resetWith;
      resetWith = null;
      Http2Error usual = tunnel ? Http2Error.CONNECT_ERROR : Http2Error.INTERNAL_ERROR;
      writeReset(to, code != null ? code : usual);
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
  public void readBody(boolean wanted) {
    bodyWanted = wanted;
    Http2Stream to = stream;
    int octets = withheld;
    if (wanted && octets > 0 && to != null) {
      withheld = 0;
      if (owner.giveBack(to, octets)) {
        owner.flushSoon();
      }
    }
  }
}
