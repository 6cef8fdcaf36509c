package dev.postern.proxy.upstream;

import dev.postern.ir.Cluster;
import dev.postern.proxy.http2.Http2Error;
import dev.postern.proxy.http2.Http2Exception;
import dev.postern.proxy.http2.Http2Session;
import dev.postern.proxy.http2.Http2Stream;
import dev.postern.proxy.http2.LocalSettings;
import dev.postern.proxy.http2.PeerSettings;
import dev.postern.proxy.http2.ResponseFields;
import dev.postern.proxy.http2.StreamOwner;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.tls.InputEnd;
import dev.postern.proxy.upstream.BackendListener.Acted;
import dev.postern.proxy.worker.Faults;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatCells;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// An HTTP/2 connection to a backend (RFC 9113), for many requests at a time. Each stream is a
/// [Http2BackendStream].
final class Http2BackendConnection extends Http2Session implements BackendConnection {

  /// Streams at a time, also where the backend would take more: HAProxy's default for the same
  /// (tune.h2.be.max-concurrent-streams), and the least that RFC 9113 6.5.2 wants of servers.
  static final int MAX_STREAMS = 100;

  /// Streams at a time before the endpoint ever said how many it takes: whoever comes next waits
  /// for its SETTINGS, as in gRPC's own clients. Nothing is lost by that, for a server says nothing
  /// else before them (RFC 9113 3.4), and one that takes few refuses nothing (5.1.2).
  private static final int FIRST_STREAMS = 1;

  /// Stream ids are used up to this one; there are twice as many.
  private static final int LAST_STREAM = 1 << 30;

  /// What a backend may send of one body before the client took any of it.
  private static final int STREAM_WINDOW = 256 * 1024;

  private static final int CONNECTION_WINDOW = 1024 * 1024;

  /// Frames on streams that are no more, for each that we reset: they were on their way.
  private static final int STRAYS_PER_RESET = 1000;

  private static final long PING = 0x506f737465726eL;

  private final BackendChannel opened;
  private final Worker worker;
  private final StatCells cells;
  private final ResponseFields fields;
  private final List<Http2BackendStream> touched = new ArrayList<>();
  private final Sweeper.Swept watch = new Watch();
  private final Http2Liveness liveness = new Http2Liveness(System.nanoTime());
  private final ExtendedConnect webSockets = new ExtendedConnect();
  private final boolean secure;
  private final long openedNanos = System.nanoTime();

  private int requests;
  private int limit;
  private boolean settled;
  private boolean settingsSeen;
  private boolean draining;
  private boolean goAwayReceived;
  private int goAwayLast = Integer.MAX_VALUE;
  private long strays;
  private long straysAllowed = STRAYS_PER_RESET;
  private long idleSince = openedNanos;
  private TrafficFailure failure = TrafficFailure.CONNECTION_TERMINATION;
  private String trouble = "";
  private String cut = "";

  private Http2BackendConnection(
      BackendChannel opened, LocalSettings local, ResponseFields fields) {
    super(local, fields, opened.worker().sendBuffers());
    this.opened = opened;
    this.worker = opened.worker();
    this.cells = opened.cells();
    this.fields = fields;
    this.secure = opened.cluster().tls().isPresent();
    this.settled = opened.streamLimit() > 0;
    this.limit = settled ? opened.streamLimit() : FIRST_STREAMS;
  }

  /// Speaks it on a channel. Requests may follow the preface at once (RFC 9113 3.4).
  static Http2BackendConnection start(BackendChannel opened) {
    Limits limits = opened.worker().limits();
    LocalSettings local =
        new LocalSettings(false, 0, STREAM_WINDOW, CONNECTION_WINDOW, limits.headOctets());
    Http2BackendConnection connection =
        new Http2BackendConnection(opened, local, new ResponseFields(limits.headFields()));
    opened.cells().increment(ClusterStat.UPSTREAM_CX_HTTP2_TOTAL.ordinal());
    opened.channel().pipeline().addLast(connection);
    return connection;
  }

  @Override
  public boolean shared() {
    return true;
  }

  @Override
  public boolean hasRoom() {
    return !failing() && requests < limit && nextStream() < LAST_STREAM;
  }

  @Override
  public boolean failing() {
    return draining || ended || liveness.suspect() || !opened.channel().isActive();
  }

  @Override
  public boolean settled() {
    return settled;
  }

  @Override
  public boolean unused() {
    return requests == 0 && settled;
  }

  @Override
  public BackendStream take(BackendListener listener, boolean reused) {
    requests++;
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
    if (requests == 0) {
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
    if (!goAwaySent()) {
      cells.increment(ClusterStat.HTTP2_GOAWAY_SENT.ordinal());
      goAway(0, Http2Error.NO_ERROR, "");
    }
    push();
    context().close();
  }

  StatCells cells() {
    return cells;
  }

  /// The fields of the section that came last.
  ResponseFields fields() {
    return fields;
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

  /// How often something came.
  long reads() {
    return liveness.reads();
  }

  Worker worker() {
    return worker;
  }

  /// Opens a stream for a request; null when there can be none any more.
  @Nullable Http2Stream begin(Http2BackendStream request) {
    if (ended || goAwayReceived) {
      return null;
    }
    cells.increment(ClusterStat.HTTP2_STREAMS_ACTIVE.ordinal());
    return open(request);
  }

  /// A request that took a part of this connection is over.
  void streamEnded() {
    requests--;
    opened.hasRoom();
    if (requests == 0) {
      idleSince = worker.clock().nanos();
      if (draining) {
        later(this::drain);
      }
    }
  }

  void giveUp(Http2Stream stream, Http2Error code) {
    if (opened.channel().isActive()) {
      cells.increment(ClusterStat.HTTP2_TX_RESET.ordinal());
      straysAllowed += STRAYS_PER_RESET;
      reset(stream, code);
      flushSoon();
    }
  }

  /// The backend sends what it must not. Not from within a call of the exchange.
  void misbehaved() {
    if (guard().misbehaved() && !ended) {
      tooMuch("too many responses were malformed");
    }
  }

  private void tooMuch(String what) {
    lost(Http2Error.ENHANCE_YOUR_CALM, what);
  }

  /// A request was given up. When nothing at all came since it was sent, perhaps nobody is there
  /// any more.
  void cancelled(long readsBefore, long takenNanos) {
    if (liveness.givenUp(readsBefore, takenNanos, worker.clock().nanos())) {
      ping();
    }
  }

  private void ping() {
    if (!ended) {
      liveness.pinged();
      ping(PING);
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
    boolean hardly = trouble.isEmpty() && settingsSeen && stream.hardly(liveness.reads());
    stream.fail(failure, whyClosed(), hardly ? Acted.HARDLY : Acted.PERHAPS);
  }

  private String whyClosed() {
    if (!trouble.isEmpty()) {
      return trouble;
    }
    if (!cut.isEmpty()) {
      return cut;
    }
    return settingsSeen
        ? "the backend closed the connection"
        : "the backend closed the connection before it said anything in HTTP/2";
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    worker.sweeper().add(watch);
    super.handlerAdded(ctx);
    flushSoon();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (message instanceof ByteBuf in) {
      cells.add(ClusterStat.UPSTREAM_CX_RX_BYTES_TOTAL.ordinal(), in.readableBytes());
    }
    liveness.read(worker.clock().nanos());
    super.channelRead(ctx, message);
  }

  /// Sends what this round of reading brought about, to clients and to the backend.
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flushResponse();
    }
    touched.clear();
    super.channelReadComplete(ctx);
  }

  /// Its client is flushed when this round of reading is over.
  void touch(Http2BackendStream stream) {
    touched.add(stream);
  }

  @Override
  protected void streamError(@Nullable Http2Stream stream, Http2Exception error) {
    if (stream != null && stream.owner() instanceof Http2BackendStream known) {
      known.broken(error);
    } else if (++strays > straysAllowed) {
      tooMuch("too many frames on streams that are no more");
    }
  }

  /// Says why and closes at once: nothing that still comes could be believed.
  @Override
  protected void connectionError(Throwable cause, @Nullable Http2Exception error) {
    if (ended) {
      return;
    }
    if (error == null) {
      Faults.tell("An HTTP/2 connection to a backend", cause);
      trouble = "internal error";
    } else {
      cells.increment(ClusterStat.UPSTREAM_CX_PROTOCOL_ERROR.ordinal());
      failure = TrafficFailure.PROTOCOL_ERROR;
      trouble =
          settingsSeen
              ? "HTTP/2: " + error.what()
              : "the backend does not speak HTTP/2: " + error.what();
    }
    cells.increment(ClusterStat.HTTP2_GOAWAY_SENT.ordinal());
    goAway(0, error == null ? Http2Error.INTERNAL_ERROR : error.error(), "");
    end();
  }

  /// A connection that is cut, as by a TCP RST, ends like one that is closed: where it had been
  /// idle the backend hardly acted on what was just sent (RFC 9110 9.2.2). An alert of TLS is no
  /// such end: the backend was there to send it.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    String what = String.valueOf(cause.getMessage());
    if (cause instanceof IOException && !(cause instanceof SSLException)) {
      cut = what;
    } else if (trouble.isEmpty()) {
      trouble = what;
    }
    ctx.close();
  }

  /// Of a backend that has ended its side nothing more can come, whether or not it closes.
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ctx.fireUserEventTriggered(event);
    if (InputEnd.is(ctx.channel(), event)) {
      draining = true;
      opened.withdraw(this);
      ctx.close();
    }
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
    // First: whoever comes because a stream ends here finds nobody who waits for this connection.
    opened.lost(failure, whyClosed());
    super.channelInactive(ctx);
    webSockets.end(this);
  }

  /// The backend gave up a stream before it acted on it: it takes no more than it has, whatever it
  /// said.
  void refused() {
    limit = Math.max(1, Math.min(limit, requests - 1));
  }

  @Override
  protected void settings(PeerSettings said) {
    Long mostStreams = said.maxStreams();
    if (mostStreams != null || !settingsSeen) {
      limit = mostStreams == null ? MAX_STREAMS : (int) Math.min(MAX_STREAMS, mostStreams);
      if (limit > 0) {
        // None at all is for a short while (RFC 9113 6.5.2).
        opened.streamLimit(limit);
      }
    }
    settingsSeen = true;
    settled = true;
    webSockets.settings(said.connectProtocol());
    opened.settled(this);
    opened.hasRoom();
  }

  @Override
  protected StreamOwner accept(Http2Stream stream) {
    throw new IllegalStateException("a server opens no streams");
  }

  @Override
  protected void windowOpened() {}

  @Override
  protected void sent(int octets) {
    cells.add(ClusterStat.UPSTREAM_CX_TX_BYTES_TOTAL.ordinal(), octets);
  }

  ExtendedConnect webSockets() {
    return webSockets;
  }

  @Override
  protected void pingAnswered(long data) {
    if (data == PING) {
      liveness.answered();
      opened.hasRoom();
    }
  }

  @Override
  protected void goAwayComes(int lastStream) {
    if (!goAwayReceived) {
      cells.increment(ClusterStat.UPSTREAM_CX_CLOSE_NOTIFY.ordinal());
    }
    goAwayReceived = true;
    goAwayLast = Math.min(goAwayLast, lastStream);
    draining = true;
    opened.withdraw(this);
    // When the streams that it gives up are closed.
    later(this::drain);
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
      if (connectNanos == 0 && !settled) {
        connectNanos = Cluster.DEFAULT_CONNECT_TIMEOUT.toNanos(); // Others wait for it.
      }
      if (!settingsSeen && late(nowNanos - openedNanos, connectNanos)) {
        cells.increment(ClusterStat.UPSTREAM_CX_CONNECT_TIMEOUT.ordinal());
        failure = TrafficFailure.CONNECT_TIMEOUT;
        trouble = "the backend sent no SETTINGS: it does not speak HTTP/2";
        end();
      } else if (liveness.gone(nowNanos)) {
        cells.increment(ClusterStat.HTTP2_KEEPALIVE_TIMEOUT.ordinal());
        trouble = "the backend did not answer a PING";
        end();
      } else if (requests > 0) {
        if (liveness.due(nowNanos)) {
          ping();
        }
      } else if (late(nowNanos - idleSince, idleNanos)) {
        cells.increment(ClusterStat.UPSTREAM_CX_IDLE_TIMEOUT.ordinal());
        end();
      }
    }
  }
}
