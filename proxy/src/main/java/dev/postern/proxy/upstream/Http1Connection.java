package dev.postern.proxy.upstream;

import dev.postern.proxy.http1.BodyDecoder;
import dev.postern.proxy.http1.MessageWriter;
import dev.postern.proxy.http1.ResponseParser;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.socket.LostOutput;
import dev.postern.proxy.socket.ReceiveLowWater;
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
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 connection to an endpoint: a request at a time, kept for the next one.
final class Http1Connection extends ChannelInboundHandlerAdapter
    implements BackendConnection, BackendStream, BodyDecoder.Sink {
  private static final byte[] HEAD = Octets.ascii("HEAD");

  /// More interim responses than this are not an answer any more.
  private static final int MAX_INFORMATIONAL = 32;

  private final BackendChannel opened;
  private final Worker worker;
  private final StatCells cells;
  private final Channel channel;
  private final long idleNanos;
  private final ResponseParser parser;
  private final BodyDecoder body;
  private final MessageWriter writer;
  private final ReceiveLowWater lowWater;
  private final ResponseHead head = new ResponseHead();
  private final ConnectionEnd ending;
  private final Sweeper.Swept idleWatch = new IdleWatch();

  private @Nullable BackendListener listener;
  private @Nullable ByteBuf last;
  private boolean lastSeen;
  private long idleSince = System.nanoTime();
  private boolean reused;
  private boolean answering;
  private boolean requestChunked;
  private boolean requestSent;

  /// Something of the request may have left.
  private boolean flushed;

  private boolean headSeen;
  private boolean mayUpgrade;
  private boolean tunnel;
  private boolean outputEnds;
  private boolean outputEnded;
  private int informational;
  private boolean persistent;
  private boolean readable = true;

  Http1Connection(BackendChannel opened) {
    this.opened = opened;
    this.worker = opened.worker();
    this.cells = opened.cells();
    this.channel = opened.channel();
    this.ending = new ConnectionEnd(cells);
    this.idleNanos = opened.cluster().idleTimeout().toNanos();
    Limits limits = worker.limits();
    this.parser = new ResponseParser(limits.headOctets(), limits.headFields());
    this.body = new BodyDecoder(limits.headOctets(), limits.headFields());
    this.writer = new MessageWriter(channel, worker.sendBuffers(), worker.headWriter());
    this.lowWater = new ReceiveLowWater(channel);
    worker.sweeper().add(idleWatch);
  }

  /// Speaks it on a channel.
  static Http1Connection start(BackendChannel opened) {
    Http1Connection connection = new Http1Connection(opened);
    opened.cells().increment(ClusterStat.UPSTREAM_CX_HTTP1_TOTAL.ordinal());
    LostOutput.readOnAfter(opened.channel());
    opened.channel().pipeline().addLast(connection);
    return connection;
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public boolean hasRoom() {
    return listener == null && !ending.closed() && channel.isActive();
  }

  @Override
  public BackendStream take(BackendListener listener, boolean reused) {
    this.listener = listener;
    this.reused = reused;
    answering = false;
    headSeen = false;
    requestSent = false;
    flushed = false;
    informational = 0;
    if (!readable) {
      readResponse(true);
    }
    return this;
  }

  @Override
  public void retire() {
    if (listener == null) {
      close();
    }
  }

  /// Keeps it for the next request.
  private void release() {
    listener = null;
    idleSince = worker.clock().nanos();
    if (!hasRoom() || !opened.offer(this)) {
      close();
    }
  }

  private void close() {
    if (ending.closes(ClusterStat.UPSTREAM_CX_DESTROY_LOCAL)) {
      channel.close();
    }
  }

  @Override
  public void head(RequestHead request, boolean end) {
    requestChunked = request.contentLength() < 0 && request.chunked();
    mayUpgrade = request.websocket();
    parser.begin(head, request.methodIs(HEAD));
    writer.request(request);
    if (end) {
      endRequest();
    }
  }

  @Override
  public void data(ByteBuf data, boolean end) {
    if (ending.takesNoMore()) {
      data.release();
    } else {
      writer.data(data, requestChunked);
    }
    if (end && tunnel) {
      endTunnelOutput();
    } else if (end) {
      endRequest();
    }
  }

  private void endTunnelOutput() {
    outputEnds = true;
    if (ending.takesNoMore()) {
      outputEnded = true;
      return;
    }
    flush();
    writer.endOutput(() -> {
      outputEnded = true;
      if (listener == null) {
        close();
      }
    });
  }

  @Override
  public void trailers(HeaderBlock trailers) {
    if (requestChunked) {
      writer.lastChunk(trailers);
    }
    requestSent = true;
  }

  private void endRequest() {
    if (requestChunked) {
      writer.lastChunk();
    }
    requestSent = true;
  }

  @Override
  public void flush() {
    cells.add(ClusterStat.UPSTREAM_CX_TX_BYTES_TOTAL.ordinal(), writer.flush());
    flushed = true;
  }

  @Override
  public boolean writable() {
    return channel.isWritable() || (tunnel && ending.takesNoMore());
  }

  @Override
  public void readResponse(boolean wanted) {
    if (readable != wanted) {
      readable = wanted;
      channel.config().setAutoRead(wanted);
      cells.increment(
          (wanted
                  ? ClusterStat.UPSTREAM_FLOW_CONTROL_RESUMED_READING
                  : ClusterStat.UPSTREAM_FLOW_CONTROL_PAUSED_READING)
              .ordinal());
    }
  }

  @Override
  public void cancel() {
    listener = null;
    idleSince = worker.clock().nanos();
    if (!outputEnds || outputEnded) {
      close();
    }
  }

  @Override
  public String protocol() {
    return "HTTP/1.1";
  }

  @Override
  public String tlsVersion() {
    return opened.tlsVersion();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf in)) {
      ReferenceCountUtil.release(message);
      return;
    }
    try {
      cells.add(ClusterStat.UPSTREAM_CX_RX_BYTES_TOTAL.ordinal(), in.readableBytes());
      read(in);
    } finally {
      in.release();
    }
  }

  private void read(ByteBuf in) {
    while (in.isReadable() && !ending.closed()) {
      if (listener == null && tunnel) {
        return;
      }
      if (listener == null) {
        // RFC 9112 6.3: nobody asked. It may be an answer meant to poison the next request.
        protocolError("sent octets that nobody had asked for");
        return;
      }
      answering = true;
      if (tunnel) {
        listener.responseData(in.readRetainedSlice(in.readableBytes()), false);
      } else if (headSeen) {
        if (!body.decode(in, this)) {
          protocolError(body.failure().reason());
          return;
        }
        if (body.done()) {
          complete(in.isReadable());
        }
      } else {
        switch (parser.parse(in)) {
          case ResponseParser.COMPLETE -> head(in.isReadable());
          case ResponseParser.FAILED -> protocolError(parser.failure().reason());
          default -> {}
        }
      }
    }
  }

  private void head(boolean more) {
    BackendListener to = listener;
    if (to == null) {
      return;
    }
    int status = head.status();
    if (status == 101 && mayUpgrade && requestSent && parser.connectionUpgrade()) {
      tunnel = true;
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
      to.responseSwitched(head);
      return;
    }
    if (status < 200) {
      if (status == 101 || ++informational > MAX_INFORMATIONAL) {
        protocolError(status == 101 ? "switched protocols unasked" : "too many 1xx responses");
        return;
      }
      boolean toHead = parser.answersHead();
      to.responseInformational(head);
      parser.begin(head, toHead);
      return;
    }
    headSeen = true;
    persistent = parser.persistent();
    if (head.bodyless()) {
      body.length(0);
    } else if (parser.chunkedBody()) {
      body.chunked();
    } else if (head.contentLength() >= 0) {
      body.length(head.contentLength());
    } else {
      body.untilClose();
      persistent = false;
    }
    if (body.done()) {
      lastSeen = true;
      to.responseHead(head, true);
      complete(more);
    } else {
      to.responseHead(head, false);
    }
  }

  @Override
  public void bodyData(ByteBuf data) {
    BackendListener to = listener;
    if (to == null) {
      data.release();
    } else if (body.exhausted()) {
      // Kept until the connection is free, so that the next request may follow on it at once.
      last = data;
    } else {
      to.responseData(data, false);
    }
  }

  @Override
  public void bodyTrailers(HeaderBlock trailers) {
    BackendListener to = listener;
    if (to != null) {
      lastSeen = true;
      to.responseTrailers(trailers);
    }
  }

  /// The response is complete.
  private void complete(boolean more) {
    BackendListener to = listener;
    ByteBuf data = last;
    boolean ended = lastSeen;
    last = null;
    lastSeen = false;
    if (to == null) {
      if (data != null) {
        data.release();
      }
      return;
    }
    if (persistent && requestSent && !more && !ending.takesNoMore()) {
      release();
    } else {
      listener = null;
      close();
    }
    if (!ended) {
      to.responseData(data == null ? Unpooled.EMPTY_BUFFER : data, true);
    }
    to.responseFlush();
  }

  /// The backend ends its side; in a tunnel the other may go on. Else nothing more can come, so the
  /// connection is over (RFC 9112 9.8), whether or not the backend closes it.
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelOutputShutdownEvent.INSTANCE && !outputEnds) {
      outputLost();
    }
    boolean end = InputEnd.is(channel, event);
    BackendListener to = listener;
    if (!end || !tunnel || ending.inputEnded() || to == null) {
      ctx.fireUserEventTriggered(event);
      if (end && !tunnel) {
        ending.inputEnds();
        if (to == null) {
          opened.withdraw(this);
        }
        ctx.close();
      }
      return;
    }
    ending.inputEnds();
    to.responseData(Unpooled.EMPTY_BUFFER, true);
    to.responseFlush();
  }

  /// What was there before the request is no answer to it: only where something of that has left,
  /// there may be one. What a client still says in a tunnel is dropped.
  private void outputLost() {
    ending.outputLost();
    if (reused && !flushed) {
      channel.close();
    } else if (tunnel) {
      channel.eventLoop().execute(this::tellIfWritable);
    }
  }

  private void protocolError(String reason) {
    cells.increment(ClusterStat.UPSTREAM_CX_PROTOCOL_ERROR.ordinal());
    fail(TrafficFailure.PROTOCOL_ERROR, reason, Acted.PERHAPS);
  }

  private void fail(TrafficFailure failure, String reason, Acted acted) {
    BackendListener to = listener;
    listener = null;
    close();
    if (last != null) {
      last.release();
      last = null;
    }
    if (to != null) {
      cells.increment(ClusterStat.UPSTREAM_CX_DESTROY_WITH_ACTIVE_RQ.ordinal());
      to.responseFailed(failure, reason, acted);
    } else {
      opened.withdraw(this);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    lowWater.read(ending.closed() ? 0 : body.remaining(), worker.clock().nanos());
    if (listener != null) {
      listener.responseFlush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    tellIfWritable();
  }

  private void tellIfWritable() {
    if (listener != null && writable()) {
      listener.backendWritable();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Faults.tell("A connection to a backend", cause);
    if (ending.failed(cause)) {
      channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    worker.sweeper().remove(idleWatch);
    ending.closes(ClusterStat.UPSTREAM_CX_DESTROY_REMOTE);
    writer.release();
    BackendListener to = listener;
    if (to == null) {
      opened.withdraw(this);
    } else if (headSeen && body.endsWithConnection() && ending.completesBody()) {
      listener = null;
      to.responseData(Unpooled.EMPTY_BUFFER, true);
      to.responseFlush();
    } else if (tunnel && ending.inputEnded()) {
      // It had said all: the client gets that, however the connection came to its end.
      ending.outputLost();
      to.backendWritable();
    } else {
      Acted acted = reused && !answering ? Acted.HARDLY : Acted.PERHAPS;
      fail(TrafficFailure.CONNECTION_TERMINATION, ending.reason(), acted);
    }
  }

  /// Closes it when it was not used for long; has told what a backend sent that stopped.
  private final class IdleWatch extends Sweeper.Swept {
    @Override
    protected void sweep(long nowNanos) {
      lowWater.sweep(nowNanos);
      if (listener == null
          && idleNanos > 0
          && !ending.closed()
          && nowNanos - idleSince > idleNanos) {
        cells.increment(ClusterStat.UPSTREAM_CX_IDLE_TIMEOUT.ordinal());
        opened.withdraw(Http1Connection.this);
        close();
      }
    }
  }
}
