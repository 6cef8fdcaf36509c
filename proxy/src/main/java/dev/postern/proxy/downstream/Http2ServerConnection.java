package dev.postern.proxy.downstream;

import dev.postern.proxy.exchange.ClientConnection;
import dev.postern.proxy.http2.Http2Error;
import dev.postern.proxy.http2.Http2Exception;
import dev.postern.proxy.http2.Http2Session;
import dev.postern.proxy.http2.Http2Stream;
import dev.postern.proxy.http2.LocalSettings;
import dev.postern.proxy.http2.PeerSettings;
import dev.postern.proxy.http2.RequestFields;
import dev.postern.proxy.http2.StreamOwner;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.worker.Faults;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An HTTP/2 connection of a client (RFC 9113). Each stream is a [Http2ServerStream], which is used
/// again for a later one.
final class Http2ServerConnection extends Http2Session {
  /// Of one connection at a time.
  static final int MAX_STREAMS = 100;

  static final int STREAM_WINDOW = 256 * 1024;

  private static final int CONNECTION_WINDOW = 1024 * 1024;

  /// Written octets that are sent without waiting for more.
  private static final int FLUSH_OCTETS = 64 * 1024;

  /// How long a client may go on to send after a GOAWAY that reports an error.
  private static final long LINGER_NANOS = 1_000_000_000L;

  /// How long a client may go on with a request that is answered.
  private static final long ANSWERED_NANOS = 100_000_000L;

  /// How many such requests keep a stream from others.
  private static final int MAX_ANSWERED = MAX_STREAMS / 2;

  /// How long a connection keeps what it used for streams when there are none.
  private static final long SPARE_NANOS = 5_000_000_000L;

  private final ClientConnection connection;
  private final Worker worker;
  private final Routes routes;
  private final Fields fields;
  private final ArrayDeque<Http2ServerStream> spare = new ArrayDeque<>();
  private final List<Http2ServerStream> touched = new ArrayList<>();
  private final Sweeper.Swept watch = new Watch();

  private int lingering;
  private boolean drainAnnounced;
  private boolean drained;
  private long endedNanos;
  private long idleSince = System.nanoTime();
  private final Progress progress = new Progress();
  private final RecentResets resets = new RecentResets();
  private final RecentResets clientResets = new RecentResets();

  private Http2ServerConnection(
      ClientConnection connection, Routes routes, LocalSettings local, Fields fields) {
    super(local, fields.section, connection.worker().sendBuffers());
    this.connection = connection;
    this.worker = connection.worker();
    this.routes = routes;
    this.fields = fields;
    fields.next = new Http2ServerStream(this);
  }

  static Http2ServerConnection of(ClientConnection connection, Routes routes) {
    Limits limits = connection.worker().limits();
    LocalSettings local =
        new LocalSettings(true, MAX_STREAMS, STREAM_WINDOW, CONNECTION_WINDOW, limits.headOctets());
    return new Http2ServerConnection(connection, routes, local, new Fields(limits.headFields()));
  }

  /// Where a section's fields go: into the head of the stream that comes next. When it is a trailer
  /// section that head was not in use either.
  private static final class Fields {
    final RequestFields section;
    @Nullable Http2ServerStream next;

    Fields(int most) {
      section = new RequestFields(most, () -> next().request());
    }

    Http2ServerStream next() {
      Http2ServerStream stream = next;
      if (stream == null) {
        throw new IllegalStateException("no stream is next");
      }
      return stream;
    }
  }

  RequestFields fields() {
    return fields.section;
  }

  /// The fields of the trailer section that came last.
  HeaderBlock trailers() {
    return fields.next().request().headers();
  }

  ClientConnection client() {
    return connection;
  }

  Routes routes() {
    return routes;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    worker.sweeper().add(watch);
    connection.count(HttpStat.DOWNSTREAM_CX_HTTP2_TOTAL);
    connection.count(HttpStat.DOWNSTREAM_CX_HTTP2_ACTIVE);
    super.handlerAdded(ctx);
    push();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (message instanceof ByteBuf in) {
      connection.http().add(HttpStat.DOWNSTREAM_CX_RX_BYTES_TOTAL.ordinal(), in.readableBytes());
    }
    super.channelRead(ctx, message);
  }

  /// Sends what this round of reading brought about, to backends and to the client.
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flushBackend();
    }
    touched.clear();
    super.channelReadComplete(ctx);
  }

  /// Its backend is flushed when this round of reading is over.
  void touch(Http2ServerStream stream) {
    touched.add(stream);
  }

  /// Binds the stream object that is next to a stream of the connection.
  @Override
  protected StreamOwner accept(Http2Stream stream) {
    Http2ServerStream opened = fields.next();
    Http2ServerStream following = spare.pollFirst();
    fields.next = following != null ? following : new Http2ServerStream(this);
    opened.open(stream);
    connection.count(HttpStat.DOWNSTREAM_RQ_HTTP2_TOTAL);
    return opened;
  }

  /// The routes have ended: that request is not taken, nor any that follows. The client may send
  /// them again on another connection (RFC 9113 8.7).
  void refuse(Http2ServerStream stream) {
    takeNoMore();
    stream.reset(Http2Error.REFUSED_STREAM);
  }

  private void takeNoMore() {
    if (!drained) {
      drainAnnounced = true;
      drained = true;
      connection.count(HttpStat.DOWNSTREAM_CX_DRAIN_CLOSE);
      goAway(lastAccepted(), Http2Error.NO_ERROR, "");
    }
  }

  /// A stream has ended: what it used may be used again.
  void over(Http2ServerStream stream) {
    if (spare.size() < MAX_STREAMS) {
      spare.addFirst(stream);
    }
    idleSince = worker.clock().nanos();
  }

  /// So many streams more, or less, are answered and wait for the end of their requests.
  void lingering(int more) {
    lingering += more;
    if (more > 0 && lingering > MAX_ANSWERED) {
      endLingering(System.nanoTime(), 0);
    }
  }

  private void endLingering(long nowNanos, long limit) {
    if (lingering > 0) {
      for (Http2Stream stream : openStreams()) {
        if (stream.owner() instanceof Http2ServerStream known) {
          known.endLingering(nowNanos, limit);
        }
      }
    }
  }

  /// So many octets of a body were written.
  void queued(int octets) {
    guard().sent(octets);
    if (unsent() >= FLUSH_OCTETS) {
      push();
    }
  }

  @Override
  protected void sent(int octets) {
    connection.http().add(HttpStat.DOWNSTREAM_CX_TX_BYTES_TOTAL.ordinal(), octets);
  }

  /// A stream is reset because of what the client sent.
  void misbehaved() {
    if (guard().misbehaved() && !ended) {
      lost(Http2Error.ENHANCE_YOUR_CALM, "too many streams had to be reset");
    }
  }

  @Override
  protected void streamError(@Nullable Http2Stream stream, Http2Exception error) {
    if (stream == null && error.error() == Http2Error.STREAM_CLOSED) {
      closedStream(error);
      return;
    }
    if (stream != null) {
      connection.count(HttpStat.DOWNSTREAM_RQ_TX_RESET);
      giveUp(stream, error.error());
    } else if (!resets.has(error.streamId())) {
      resets.add(error.streamId());
      resetUnknown(error.streamId(), error.error());
    }
    if (!goAwaySent()) {
      connection.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR);
      misbehaved();
    }
  }

  /// A frame came on a stream that is no more. When we ended it the client may not have known. When
  /// the client gave it up what comes is a fault on that stream, else of the connection (RFC 9113
  /// 5.1): grpc-java sends the end of a request behind the RST_STREAM when the response was faster.
  private void closedStream(Http2Exception error) {
    int id = error.streamId();
    if (resets.has(id)) {
      return;
    }
    if (clientResets.has(id)) {
      resets.add(id);
      resetUnknown(id, Http2Error.STREAM_CLOSED);
    } else {
      lost(Http2Error.STREAM_CLOSED, "stream " + id + ": " + error.what());
    }
  }

  /// The client gave a stream up.
  void givenUp(int streamId) {
    clientResets.add(streamId);
  }

  /// Resets a stream. The client may still send on it, not knowing.
  void giveUp(Http2Stream stream, Http2Error code) {
    resets.add(stream.id());
    reset(stream, code);
  }

  /// Says why and ends. What the client still sends is read and dropped for a moment: closing with
  /// octets unread would make the system throw away the GOAWAY (RFC 9112 9.6 has the same for
  /// HTTP/1.1).
  @Override
  protected void connectionError(Throwable cause, @Nullable Http2Exception error) {
    if (ended) {
      return;
    }
    ended = true;
    endedNanos = System.nanoTime();
    Http2Error code = Http2Error.INTERNAL_ERROR;
    String why = "internal error";
    if (error != null) {
      connection.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR);
      code = error.error();
      why = error.what();
    } else {
      Faults.tell("An HTTP/2 connection", cause);
    }
    goAway(lastAccepted(), code, why);
    DuplexChannel channel = (DuplexChannel) context().channel();
    flushed().addListener(_ -> channel.shutdownOutput());
    closeAll();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    worker.sweeper().remove(watch);
    connection.http().add(HttpStat.DOWNSTREAM_CX_HTTP2_ACTIVE.ordinal(), -1);
    super.channelInactive(ctx);
  }

  @Override
  protected void settings(PeerSettings settings) {}

  @Override
  protected void pingAnswered(long data) {}

  @Override
  protected void goAwayComes(int lastStreamId) {}

  @Override
  protected void windowOpened() {
    progress.made(worker.clock().nanos());
  }

  /// Ends what waits too long.
  private final class Watch extends Sweeper.Swept {
    @Override
    protected void sweep(long nowNanos) {
      if (ended) {
        if (nowNanos - endedNanos > LINGER_NANOS) {
          context().close();
        }
        return;
      }
      Timeouts timeouts = worker.timeouts();
      int streams = activeStreams();
      if (routes.ended() || (worker.draining() && (used() || worker.drains(idleSince, nowNanos)))) {
        drain(streams);
      } else if (headLate(nowNanos, timeouts.requestHead().toNanos())) {
        connection.count(HttpStat.DOWNSTREAM_RQ_HEADER_TIMEOUT);
        end();
      } else if (streams == 0) {
        if (late(nowNanos - idleSince, timeouts.clientIdle().toNanos())) {
          connection.count(HttpStat.DOWNSTREAM_CX_IDLE_TIMEOUT);
          end();
        } else if (nowNanos - idleSince > SPARE_NANOS) {
          spare.clear();
        }
      }
      if (streams > 0 && !ended) {
        endLingering(nowNanos, ANSWERED_NANOS);
        stalled(nowNanos, timeouts.streamIdle().toNanos());
      }
    }

    /// Whether it has had a request. One that is new gets time for its first.
    private boolean used() {
      return lastAccepted() > 0;
    }

    /// Whether the preface, or a head that has begun, is still not there.
    private boolean headLate(long nowNanos, long limit) {
      long unfinished = unfinishedSince();
      return !prefaceReceived()
          ? late(nowNanos - idleSince, limit)
          : unfinished != 0 && late(nowNanos - unfinished, limit);
    }

    /// Twice, so that a request which is on its way at the first notice is still answered (RFC 9113
    /// 6.8).
    private void drain(int streams) {
      if (!drainAnnounced) {
        drainAnnounced = true;
        say(Integer.MAX_VALUE);
      } else if (!drained) {
        takeNoMore();
        flush();
      }
      if (drained && streams == 0) {
        end();
      }
    }

    private void end() {
      ended = true;
      endedNanos = System.nanoTime();
      if (!goAwaySent()) {
        say(lastAccepted());
      }
      ChannelHandlerContext ctx = context();
      flushed().addListener(_ -> ctx.close());
    }

    private void say(int lastStream) {
      goAway(lastStream, Http2Error.NO_ERROR, "");
      flush();
    }

    /// Responses that are complete, but that the client does not take. Those that wait in the
    /// channel keep the connection no longer than that either.
    private void stalled(long nowNanos, long limit) {
      if (!progress.none(context().channel(), nowNanos, limit)) {
        return;
      }
      if (leaving()) {
        connection.count(HttpStat.DOWNSTREAM_CX_IDLE_TIMEOUT);
        end();
        return;
      }
      for (Http2Stream stream : openStreams()) {
        if (stream.owner() instanceof Http2ServerStream known && known.stalled(nowNanos, limit)) {
          connection.count(HttpStat.DOWNSTREAM_RQ_IDLE_TIMEOUT);
          known.reset(Http2Error.CANCEL);
        }
      }
      flushSoon();
    }
  }
}
