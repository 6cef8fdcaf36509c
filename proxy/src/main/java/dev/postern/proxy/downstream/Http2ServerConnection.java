package dev.postern.proxy.downstream;

import dev.postern.proxy.exchange.ClientConnection;
import dev.postern.proxy.http1.Malformed;
import dev.postern.proxy.http2.FloodGuard;
import dev.postern.proxy.http2.RequestFields;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An HTTP/2 connection of a client (RFC 9113). Netty does frames, HPACK and flow control; each
/// stream is a [Http2ServerStream], which is used again for a later one.
final class Http2ServerConnection extends Http2ConnectionHandler {
  private static final Logger log = LoggerFactory.getLogger(Http2ServerConnection.class);

  private static final int CONNECTION_WINDOW = 1024 * 1024;

  /// Written octets that are sent without waiting for more.
  private static final int FLUSH_OCTETS = 64 * 1024;

  /// How long a client may go on to send after a GOAWAY that reports an error.
  private static final long LINGER_NANOS = 1_000_000_000L;

  /// How long a connection keeps what it used for streams when there are none.
  private static final long SPARE_NANOS = 5_000_000_000L;

  private final ClientConnection connection;
  private final Worker worker;
  private final Routes routes;
  private final RequestFields fields;
  private final FloodGuard guard;
  private final Http2Connection.PropertyKey streamKey;
  private final ArrayDeque<Http2ServerStream> spare = new ArrayDeque<>();
  private final List<Http2ServerStream> touched = new ArrayList<>();
  private final Sweeper.Swept watch = new Watch();

  private @Nullable ChannelHandlerContext context;
  private Http2ServerStream next;
  private boolean reading;
  private boolean flushing;
  private boolean ended;
  private boolean drainAnnounced;
  private boolean drained;
  private long endedNanos;
  private long idleSince = System.nanoTime();
  private int queued;
  private final Progress progress = new Progress();
  private final RecentResets resets = new RecentResets();

  private Http2ServerConnection(ClientConnection connection, Routes routes, Http2Codec codec) {
    super(codec.decoder(), codec.encoder(), codec.settings(), true);
    this.connection = connection;
    this.worker = connection.worker();
    this.routes = routes;
    this.fields = codec.fields();
    this.guard = codec.guard();
    this.next = new Http2ServerStream(this);
    this.streamKey = connection().newKey();
    codec.headers().into(() -> next.request());
    decoder().frameListener(new Frames());
    connection().addListener(new Streams());
    encoder().flowController().listener(this::writabilityChanged);
  }

  static Http2ServerConnection of(ClientConnection connection, Routes routes) {
    return new Http2ServerConnection(
        connection, routes, Http2Codec.of(connection.worker().limits()));
  }

  /// Whether nothing more may be said.
  boolean ended() {
    return ended;
  }

  ClientConnection client() {
    return connection;
  }

  Routes routes() {
    return routes;
  }

  FloodGuard guard() {
    return guard;
  }

  ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return ctx;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    worker.sweeper().add(watch);
    connection.count(HttpStat.DOWNSTREAM_CX_HTTP2_TOTAL);
    connection.count(HttpStat.DOWNSTREAM_CX_HTTP2_ACTIVE);
    super.handlerAdded(ctx);
    Http2Stream whole = connection().connectionStream();
    int more = CONNECTION_WINDOW - decoder().flowController().initialWindowSize();
    decoder().flowController().incrementWindowSize(whole, more);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (message instanceof ByteBuf in) {
      connection.http().add(HttpStat.DOWNSTREAM_CX_RX_BYTES_TOTAL.ordinal(), in.readableBytes());
    }
    reading = true;
    super.channelRead(ctx, message);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (ended) {
      in.skipBytes(in.readableBytes());
    } else {
      super.decode(ctx, in, out);
    }
  }

  /// Sends what this round of reading brought about, to backends and to the client.
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flushBackend();
    }
    touched.clear();
    reading = false;
    super.channelReadComplete(ctx);
  }

  /// Its backend is flushed when this round of reading is over.
  void touch(Http2ServerStream stream) {
    touched.add(stream);
  }

  /// Sends what was written once the loop has come to everything that is ready now: many streams
  /// then share a system call.
  void flushSoon() {
    if (!reading && !flushing) {
      flushing = true;
      worker.loop().execute(this::flushNow);
    }
  }

  private void flushNow() {
    flushing = false;
    flush(context());
  }

  private @Nullable Http2ServerStream find(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(streamKey);
  }

  private void writabilityChanged(Http2Stream stream) {
    Http2ServerStream known = find(stream);
    if (known != null) {
      known.writabilityChanged();
    }
  }

  /// Binds the stream object that is next to a stream of the connection.
  private Http2ServerStream open(Http2Stream stream) {
    Http2ServerStream opened = next;
    Http2ServerStream following = spare.pollFirst();
    next = following != null ? following : new Http2ServerStream(this);
    opened.open(stream);
    stream.setProperty(streamKey, opened);
    connection.count(HttpStat.DOWNSTREAM_RQ_HTTP2_TOTAL);
    return opened;
  }

  /// So many octets of a body were written.
  void queued(int octets) {
    guard.sent(octets);
    queued += octets;
    if (queued >= FLUSH_OCTETS) {
      flush(context());
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    queued = 0;
    super.flush(ctx);
  }

  /// A stream is reset because of what the client sent.
  void misbehaved() {
    if (guard.misbehaved() && !ended) {
      Http2Exception calm =
          Http2Exception.connectionError(
              Http2Error.ENHANCE_YOUR_CALM, "too many streams had to be reset");
      onError(context(), false, calm);
    }
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    if (outbound) {
      super.onStreamError(ctx, true, cause, error);
      return;
    }
    Http2Stream stream = connection().stream(error.streamId());
    if (error instanceof Http2Exception.HeaderListSizeException
        && tooLarge(error.streamId(), stream)) {
      return;
    }
    if (stream == null && error.error() == Http2Error.STREAM_CLOSED) {
      closedStream(ctx, error);
      return;
    }
    if (find(stream) != null) {
      connection.count(HttpStat.DOWNSTREAM_RQ_TX_RESET);
    }
    resetStream(ctx, error.streamId(), StreamErrors.code(stream, error), ctx.newPromise());
    if (!connection().goAwaySent()) {
      connection.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR);
      misbehaved();
    }
  }

  /// A frame came on a stream that is no more. When we ended it the client may not have known; else
  /// it breaks the protocol (RFC 9113 5.1).
  private void closedStream(ChannelHandlerContext ctx, Http2Exception.StreamException error) {
    if (resets.has(error.streamId())) {
      return;
    }
    onError(
        ctx,
        false,
        Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "the stream is closed"));
  }

  @Override
  public ChannelFuture resetStream(
      ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
    resets.add(streamId);
    return super.resetStream(ctx, streamId, errorCode, promise);
  }

  /// A head is larger than it may be: that is answered, unless it is a trailer section.
  private boolean tooLarge(int streamId, @Nullable Http2Stream stream) {
    if (stream != null) {
      return false;
    }
    try {
      Http2Stream opened = connection().remote().createStream(streamId, false);
      open(opened).malformed(Malformed.HEAD_TOO_LARGE);
      return true;
    } catch (Http2Exception e) {
      return false;
    }
  }

  /// Says why and ends. What the client still sends is read and dropped for a moment: closing with
  /// octets unread would make the system throw away the GOAWAY (RFC 9112 9.6 has the same for
  /// HTTP/1.1).
  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    if (ended) {
      return;
    }
    ended = true;
    endedNanos = System.nanoTime();
    Http2Exception told = error;
    if (told == null) {
      told = new Http2Exception(Http2Error.INTERNAL_ERROR, "internal error");
      if (!outbound) {
        log.warn("An HTTP/2 connection was closed because of a fault in Postern", cause);
      }
    } else if (!outbound) {
      connection.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR);
    }
    int lastStream = connection().remote().lastStreamCreated();
    ByteBuf why = ByteBufUtil.writeUtf8(ctx.alloc(), String.valueOf(told.getMessage()));
    frameWriter()
        .writeGoAway(ctx, lastStream, told.error().code(), why, ctx.newPromise())
        .addListener(_ -> ((DuplexChannel) ctx.channel()).shutdownOutput());
    connection().close(ctx.newPromise());
    flushNow();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    ended = true;
    worker.sweeper().remove(watch);
    connection.http().add(HttpStat.DOWNSTREAM_CX_HTTP2_ACTIVE.ordinal(), -1);
    super.channelInactive(ctx);
  }

  /// What the client sends.
  private final class Frames extends Http2FrameAdapter {
    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean end) {
      Http2Stream stream = connection().stream(streamId);
      Http2ServerStream known = find(stream);
      if (known != null) {
        known.requestTrailers(fields.trailers(), next.request().headers());
        return;
      }
      Malformed wrong = fields.request(end);
      Http2ServerStream opened = open(stream);
      if (wrong != null) {
        opened.malformed(wrong);
      } else {
        opened.start(end, fields.contentLength());
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end) {
      Http2ServerStream known = find(connection().stream(streamId));
      return known == null
          ? data.readableBytes() + padding
          : known.requestData(data, end) + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
      Http2ServerStream known = find(connection().stream(streamId));
      if (known != null) {
        connection.count(HttpStat.DOWNSTREAM_RQ_RX_RESET);
        known.clientReset();
      }
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment) {
      progress.made();
    }
  }

  /// What becomes of streams.
  private final class Streams extends Http2ConnectionAdapter {
    @Override
    public void onStreamHalfClosed(Http2Stream stream) {
      Http2ServerStream known = find(stream);
      if (known != null && stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
        known.responseSent();
      }
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
      Http2ServerStream known = find(stream);
      if (known != null) {
        known.closed();
      }
    }

    @Override
    public void onStreamRemoved(Http2Stream stream) {
      Http2ServerStream known = stream.removeProperty(streamKey);
      if (known != null && spare.size() < Http2Codec.MAX_STREAMS) {
        spare.addFirst(known);
      }
      idleSince = System.nanoTime();
    }
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
      int streams = connection().numActiveStreams();
      if (worker.draining()) {
        drain(streams);
      } else if (!decoder().prefaceReceived()) {
        if (late(nowNanos - idleSince, timeouts.requestHead().toNanos())) {
          connection.count(HttpStat.DOWNSTREAM_RQ_HEADER_TIMEOUT);
          end();
        }
      } else if (streams == 0) {
        if (late(nowNanos - idleSince, timeouts.clientIdle().toNanos())) {
          connection.count(HttpStat.DOWNSTREAM_CX_IDLE_TIMEOUT);
          end();
        } else if (nowNanos - idleSince > SPARE_NANOS) {
          spare.clear();
        }
      }
      if (streams > 0) {
        stalled(nowNanos, timeouts.streamIdle().toNanos());
      }
    }

    /// Twice, so that a request which is on its way at the first notice is still answered (RFC 9113
    /// 6.8).
    private void drain(int streams) {
      ChannelHandlerContext ctx = context();
      if (!drainAnnounced) {
        drainAnnounced = true;
        say(ctx, Integer.MAX_VALUE);
      } else if (!drained) {
        drained = true;
        connection.count(HttpStat.DOWNSTREAM_CX_DRAIN_CLOSE);
        say(ctx, connection().remote().lastStreamCreated());
      }
      if (drained && streams == 0) {
        end();
      }
    }

    private void end() {
      ChannelHandlerContext ctx = context();
      ended = true;
      endedNanos = System.nanoTime();
      if (!connection().goAwaySent()) {
        say(ctx, connection().remote().lastStreamCreated());
      }
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> ctx.close());
    }

    private void say(ChannelHandlerContext ctx, int lastStream) {
      goAway(ctx, lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
      flush(ctx);
    }

    /// Responses that are complete, but that the client does not take.
    private void stalled(long nowNanos, long limit) {
      if (!progress.none(context().channel(), nowNanos, limit)) {
        return;
      }
      try {
        connection()
            .forEachActiveStream(stream -> {
              Http2ServerStream known = find(stream);
              if (known != null && known.stalled(nowNanos, limit)) {
                connection.count(HttpStat.DOWNSTREAM_RQ_IDLE_TIMEOUT);
                known.reset(Http2Error.CANCEL);
              }
              return true;
            });
      } catch (Http2Exception e) {
        onError(context(), false, e);
      }
      flushSoon();
    }

    private static boolean late(long nanos, long limit) {
      return limit > 0 && nanos > limit;
    }
  }
}
