package dev.postern.proxy.upstream;

import dev.postern.proxy.http2.FloodGuard;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.BackendListener.Acted;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatCells;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An HTTP/2 connection to a backend (RFC 9113), for many requests at a time. Netty does frames,
/// HPACK and flow control; each stream is a [Http2BackendStream].
final class Http2BackendConnection extends Http2ConnectionHandler implements BackendConnection {
  private static final Logger log = LoggerFactory.getLogger(Http2BackendConnection.class);

  /// Streams at a time, also where the backend would take more: HAProxy's default for the same
  /// (tune.h2.be.max-concurrent-streams), and the least that RFC 9113 6.5.2 wants of servers.
  static final int MAX_STREAMS = 100;

  /// Stream ids are used up to this one; there are twice as many.
  private static final int LAST_STREAM = 1 << 30;

  private static final int CONNECTION_WINDOW = 1024 * 1024;

  /// Frames on streams that are no more, for each that we reset: they were on their way.
  private static final int STRAYS_PER_RESET = 1000;

  private static final long PING = 0x506f737465726eL;

  private final BackendChannel opened;
  private final Worker worker;
  private final StatCells cells;
  private final FloodGuard guard;
  private final Http2Connection.PropertyKey streamKey;
  private final List<Http2BackendStream> touched = new ArrayList<>();
  private final Runnable flushTask = this::flushNow;
  private final Sweeper.Swept watch = new Watch();
  private final Http2Liveness liveness = new Http2Liveness();
  private final ExtendedConnect webSockets = new ExtendedConnect();
  private final boolean secure;
  private final long openedNanos = System.nanoTime();

  private @Nullable ChannelHandlerContext context;
  private int streams;
  private int limit = MAX_STREAMS;
  private boolean settingsSeen;
  private boolean draining;
  private boolean ended;
  private boolean reading;
  private boolean flushing;
  private int goAwayLast = Integer.MAX_VALUE;
  private long strays;
  private long straysAllowed = STRAYS_PER_RESET;
  private long idleSince = openedNanos;
  private TrafficFailure failure = TrafficFailure.CONNECTION_TERMINATION;
  private String trouble = "";

  private Http2BackendConnection(BackendChannel opened, Http2Codec codec) {
    super(codec.decoder(), codec.encoder(), codec.settings(), true, false);
    this.opened = opened;
    this.worker = opened.worker();
    this.cells = opened.cells();
    this.guard = codec.guard();
    this.secure = opened.cluster().tls().isPresent();
    this.streamKey = connection().newKey();
    decoder().frameListener(new Http2BackendFrames(this, codec.fields()));
    connection().addListener(new Streams());
    encoder().flowController().listener(this::writabilityChanged);
  }

  /// Speaks it on a channel. Requests may follow the preface at once (RFC 9113 3.4).
  static Http2BackendConnection start(BackendChannel opened) {
    Http2BackendConnection connection =
        new Http2BackendConnection(opened, Http2Codec.of(opened.worker().limits()));
    opened.cells().increment(ClusterStat.UPSTREAM_CX_HTTP2_TOTAL.ordinal());
    opened.channel().pipeline().addLast(new Http2SentOctets(opened.cells()), connection);
    return connection;
  }

  @Override
  public boolean shared() {
    return true;
  }

  @Override
  public boolean hasRoom() {
    return !draining
        && !ended
        && !liveness.suspect()
        && streams < limit
        && opened.channel().isActive()
        && connection().local().lastStreamCreated() < LAST_STREAM;
  }

  @Override
  public BackendStream take(BackendListener listener, boolean reused) {
    streams++;
    return new Http2BackendStream(this, listener, reused);
  }

  @Override
  public void retire() {
    drain();
  }

  /// No stream is opened any more; it ends with the last one.
  private void drain() {
    if (!draining) {
      draining = true;
      opened.withdraw(this);
    }
    if (streams == 0) {
      end();
    }
  }

  /// Says goodbye and closes.
  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    draining = true;
    opened.withdraw(this);
    cells.increment(ClusterStat.UPSTREAM_CX_DESTROY_LOCAL.ordinal());
    ChannelHandlerContext ctx = context();
    if (!connection().goAwaySent()) {
      cells.increment(ClusterStat.HTTP2_GOAWAY_SENT.ordinal());
      goAway(ctx, 0, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
    }
    ctx.flush();
    ctx.close();
  }

  ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return ctx;
  }

  StatCells cells() {
    return cells;
  }

  FloodGuard guard() {
    return guard;
  }

  boolean secure() {
    return secure;
  }

  String tlsVersion() {
    return opened.tlsVersion();
  }

  void later(Runnable task) {
    worker.loop().execute(task);
  }

  Worker worker() {
    return worker;
  }

  /// Opens a stream for a request; null when there can be none any more.
  @Nullable Http2Stream open(Http2BackendStream request) {
    if (ended || connection().goAwayReceived()) {
      return null;
    }
    try {
      Http2Connection.Endpoint<?> local = connection().local();
      Http2Stream stream = local.createStream(local.incrementAndGetNextStreamId(), false);
      stream.setProperty(streamKey, request);
      cells.increment(ClusterStat.HTTP2_STREAMS_ACTIVE.ordinal());
      return stream;
    } catch (Http2Exception e) {
      return null;
    }
  }

  /// A request that took a part of this connection is over.
  void streamEnded() {
    streams--;
    opened.hasRoom();
    if (streams == 0) {
      idleSince = System.nanoTime();
      if (draining) {
        later(this::drain);
      }
    }
  }

  void reset(Http2Stream stream, Http2Error code) {
    if (!opened.channel().isActive()) {
      return;
    }
    cells.increment(ClusterStat.HTTP2_TX_RESET.ordinal());
    straysAllowed += STRAYS_PER_RESET;
    ChannelHandlerContext ctx = context();
    resetStream(ctx, stream.id(), code.code(), ctx.newPromise());
    flushSoon();
  }

  /// The backend sends what it must not. Not from within a call of the exchange.
  void misbehaved() {
    if (guard.misbehaved() && !ended) {
      onError(
          context(),
          false,
          Http2Exception.connectionError(
              Http2Error.ENHANCE_YOUR_CALM, "too many responses were malformed"));
    }
  }

  /// A request was given up. When nothing at all came since it was sent, perhaps nobody is there
  /// any more.
  void cancelled(long takenNanos) {
    if (liveness.givenUp(takenNanos)) {
      ping();
    }
  }

  private void ping() {
    if (!ended) {
      liveness.pinged();
      ChannelHandlerContext ctx = context();
      encoder().writePing(ctx, false, PING, ctx.newPromise());
      flushSoon();
    }
  }

  /// A stream was closed that had not come to its end.
  void tellWhyClosed(Http2BackendStream stream, int id) {
    if (id > goAwayLast) {
      stream.fail(
          TrafficFailure.REMOTE_REFUSED, "the backend ended the connection before it", Acted.NO);
      return;
    }
    cells.increment(ClusterStat.UPSTREAM_CX_DESTROY_WITH_ACTIVE_RQ.ordinal());
    String reason =
        !trouble.isEmpty()
            ? trouble
            : settingsSeen
                ? "the backend closed the connection"
                : "the backend closed the connection before it said anything in HTTP/2";
    boolean hardly = trouble.isEmpty() && settingsSeen && stream.hardly(liveness);
    stream.fail(failure, reason, hardly ? Acted.HARDLY : Acted.PERHAPS);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    worker.sweeper().add(watch);
    super.handlerAdded(ctx);
    Http2Stream whole = connection().connectionStream();
    int more = CONNECTION_WINDOW - decoder().flowController().initialWindowSize(whole);
    decoder().flowController().incrementWindowSize(whole, more);
    flushSoon();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (message instanceof ByteBuf in) {
      cells.add(ClusterStat.UPSTREAM_CX_RX_BYTES_TOTAL.ordinal(), in.readableBytes());
    }
    liveness.read();
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

  /// Sends what this round of reading brought about, to clients and to the backend.
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flushResponse();
    }
    touched.clear();
    reading = false;
    super.channelReadComplete(ctx);
  }

  /// Its client is flushed when this round of reading is over.
  void touch(Http2BackendStream stream) {
    touched.add(stream);
  }

  /// Sends what was written once the loop has come to everything that is ready now: many streams
  /// then share a system call.
  void flushSoon() {
    if (!reading && !flushing) {
      flushing = true;
      worker.loop().execute(flushTask);
    }
  }

  private void flushNow() {
    flushing = false;
    if (!ended) {
      flush(context());
    }
  }

  @Nullable Http2BackendStream find(int streamId) {
    return find(connection().stream(streamId));
  }

  private @Nullable Http2BackendStream find(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(streamKey);
  }

  private void writabilityChanged(Http2Stream stream) {
    Http2BackendStream known = find(stream);
    if (known != null) {
      known.writabilityChanged();
    }
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    Http2BackendStream known = find(connection().stream(error.streamId()));
    if (known == null) {
      if (!outbound && ++strays > straysAllowed) {
        onConnectionError(
            ctx,
            false,
            cause,
            Http2Exception.connectionError(
                Http2Error.ENHANCE_YOUR_CALM, "too many frames on streams that are no more"));
      }
      return;
    }
    known.broken(error);
  }

  /// Says why and closes at once: nothing that still comes could be believed.
  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    if (ended) {
      return;
    }
    if (error == null) {
      log.warn("An HTTP/2 connection to a backend was closed because of a fault in Postern", cause);
      trouble = "internal error";
    } else {
      cells.increment(ClusterStat.UPSTREAM_CX_PROTOCOL_ERROR.ordinal());
      failure = TrafficFailure.PROTOCOL_ERROR;
      trouble =
          settingsSeen
              ? "HTTP/2: " + error.getMessage()
              : "the backend does not speak HTTP/2: " + error.getMessage();
    }
    Http2Error code = error == null ? Http2Error.INTERNAL_ERROR : error.error();
    cells.increment(ClusterStat.HTTP2_GOAWAY_SENT.ordinal());
    goAway(ctx, 0, code.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
    end();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (trouble.isEmpty()) {
      trouble = String.valueOf(cause.getMessage());
    }
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    worker.sweeper().remove(watch);
    if (!ended) {
      ended = true;
      cells.increment(ClusterStat.UPSTREAM_CX_DESTROY_REMOTE.ordinal());
    }
    draining = true;
    opened.withdraw(this);
    super.channelInactive(ctx);
    webSockets.end(this);
  }

  /// The backend gave up a stream before it acted on it: it takes no more than it has, whatever it
  /// said.
  void refused() {
    limit = Math.max(1, Math.min(limit, streams - 1));
  }

  /// The backend's SETTINGS came.
  ///
  /// @param mostStreams that it takes at a time; null when it does not say
  /// @param connectProtocol whether it takes WebSockets; null when it does not say
  void settings(@Nullable Long mostStreams, @Nullable Boolean connectProtocol) {
    settingsSeen = true;
    if (mostStreams != null) {
      limit = (int) Math.min(MAX_STREAMS, mostStreams);
    }
    webSockets.settings(connectProtocol);
  }

  ExtendedConnect webSockets() {
    return webSockets;
  }

  void pingAnswered(long data) {
    if (data == PING) {
      liveness.answered();
    }
  }

  /// The backend takes no streams any more, and did not act on those after that one.
  void goAwayComes(int lastStream) {
    if (!connection().goAwayReceived()) {
      cells.increment(ClusterStat.UPSTREAM_CX_CLOSE_NOTIFY.ordinal());
    }
    goAwayLast = Math.min(goAwayLast, lastStream);
    draining = true;
    opened.withdraw(this);
    // When the streams that it gives up are closed.
    later(this::drain);
  }

  /// What becomes of streams.
  private final class Streams extends Http2ConnectionAdapter {
    @Override
    public void onStreamClosed(Http2Stream stream) {
      Http2BackendStream known = stream.removeProperty(streamKey);
      if (known != null) {
        cells.add(ClusterStat.HTTP2_STREAMS_ACTIVE.ordinal(), -1);
        known.closed(stream.id());
      }
    }
  }

  /// Ends what waits too long.
  private final class Watch extends Sweeper.Swept {
    @Override
    protected void sweep(long nowNanos) {
      if (ended) {
        return;
      }
      long connectNanos = opened.cluster().connectTimeout().toNanos();
      long idleNanos = opened.cluster().idleTimeout().toNanos();
      if (!settingsSeen && late(nowNanos - openedNanos, connectNanos)) {
        cells.increment(ClusterStat.UPSTREAM_CX_CONNECT_TIMEOUT.ordinal());
        failure = TrafficFailure.CONNECT_TIMEOUT;
        trouble = "the backend sent no SETTINGS: it does not speak HTTP/2";
        end();
      } else if (liveness.gone(nowNanos)) {
        cells.increment(ClusterStat.HTTP2_KEEPALIVE_TIMEOUT.ordinal());
        trouble = "the backend did not answer a PING";
        end();
      } else if (streams > 0) {
        if (liveness.due(nowNanos)) {
          ping();
        }
      } else if (late(nowNanos - idleSince, idleNanos)) {
        cells.increment(ClusterStat.UPSTREAM_CX_IDLE_TIMEOUT.ordinal());
        end();
      }
    }

    private static boolean late(long nanos, long limit) {
      return limit > 0 && nanos > limit;
    }
  }
}
