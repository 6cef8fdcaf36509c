package dev.postern.proxy.downstream;

import dev.postern.proxy.exchange.ClientConnection;
import dev.postern.proxy.exchange.ClientStream;
import dev.postern.proxy.exchange.Exchange;
import dev.postern.proxy.http1.BodyDecoder;
import dev.postern.proxy.http1.HeadWriter.Framing;
import dev.postern.proxy.http1.HeadWriter.Persistence;
import dev.postern.proxy.http1.Malformed;
import dev.postern.proxy.http1.MessageWriter;
import dev.postern.proxy.http1.RequestParser;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.socket.ReceiveLowWater;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.tls.InputEnd;
import dev.postern.proxy.worker.Faults;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// An HTTP/1.x connection of a client: one request at a time; what the client sends ahead waits.
public final class Http1ServerConnection extends ChannelInboundHandlerAdapter
    implements ClientStream, BodyDecoder.Sink {
  private static final byte[] HEAD = Octets.ascii("HEAD");

  private final Channel channel;
  private final ClientConnection connection;
  private final Worker worker;
  private final Routes routes;
  private final RequestParser parser;
  private final RequestHead head = new RequestHead();
  private final BodyDecoder body;
  private final MessageWriter writer;
  private final ReceiveLowWater lowWater;
  private final Exchange exchange;
  private final Sweeper.Swept watch = new Watch();

  private Http1State state = Http1State.IDLE;

  /// Whether a request came.
  private boolean asked;

  private @Nullable ByteBuf input;
  private boolean processing;
  private boolean bodyEnded;
  private boolean bodyWanted = true;
  private boolean reading = true;
  private boolean chunkedResponse;
  private boolean closeDelimited;
  private boolean persistent;
  private boolean tunnel;
  private boolean inputShut;
  private boolean outputEnded;
  private long idleSince = System.nanoTime();
  private long headSince;

  public Http1ServerConnection(Channel channel, ClientConnection connection, Routes routes) {
    this.channel = channel;
    this.connection = connection;
    this.worker = connection.worker();
    this.routes = routes;
    Limits limits = worker.limits();
    this.parser = new RequestParser(limits.headOctets(), limits.headFields());
    this.body = new BodyDecoder(limits.headOctets(), limits.headFields());
    this.writer = new MessageWriter(channel, worker.sendBuffers(), worker.headWriter());
    this.lowWater = new ReceiveLowWater(channel);
    this.exchange = new Exchange(this);
    parser.begin(head);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    worker.sweeper().add(watch);
    connection.count(HttpStat.DOWNSTREAM_CX_HTTP1_TOTAL);
    connection.count(HttpStat.DOWNSTREAM_CX_HTTP1_ACTIVE);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf in)) {
      ReferenceCountUtil.release(message);
      return;
    }
    connection.http().add(HttpStat.DOWNSTREAM_CX_RX_BYTES_TOTAL.ordinal(), in.readableBytes());
    if (state == Http1State.LINGERING || state == Http1State.CLOSED) {
      in.release();
      return;
    }
    ByteBuf before = input;
    input = before == null ? in : Unpooled.wrappedBuffer(before, in);
    process();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    int held = input == null ? 0 : input.readableBytes();
    lowWater.read(state == Http1State.BUSY ? body.remaining() - held : 0, worker.clock().nanos());
  }

  /// Reads as far as it may: up to a request whose answer is still to come.
  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    ByteBuf in;
    while ((in = input) != null && in.isReadable() && step(in)) {}
    processing = false;
    if (in != null
        && (!in.isReadable() || state == Http1State.LINGERING || state == Http1State.CLOSED)) {
      in.release();
      input = null;
    }
    if (inputShut && tunnel && input == null && !bodyEnded) {
      tunnelInputEnds();
    }
    read();
    exchange.flushBackend();
  }

  /// Reads on; returns false when it must wait.
  private boolean step(ByteBuf in) {
    return switch (state) {
      case IDLE -> head(in);
      case BUSY -> !bodyEnded && bodyWanted && body(in);
      case DISCARDING -> body(in);
      case LINGERING, CLOSED -> false;
    };
  }

  private boolean head(ByteBuf in) {
    return switch (parser.parse(in)) {
      case RequestParser.COMPLETE -> {
        requestComplete();
        yield true;
      }
      case RequestParser.FAILED -> {
        refuse(parser.failure());
        yield false;
      }
      default -> {
        if (headSince == 0 && parser.started()) {
          headSince = worker.clock().nanos();
        }
        yield false;
      }
    };
  }

  private boolean body(ByteBuf in) {
    if (!body.decode(in, this)) {
      malformedBody(body.failure());
      return false;
    }
    if (body.done() && !bodyEnded) {
      bodyEnded = true;
      exchange.requestData(Unpooled.EMPTY_BUFFER, true);
    }
    if (state == Http1State.DISCARDING) {
      discarded();
    }
    return true;
  }

  private void requestComplete() {
    state = Http1State.BUSY;
    asked = true;
    headSince = 0;
    persistent = parser.persistent();
    connection.count(HttpStat.DOWNSTREAM_RQ_HTTP1_TOTAL);
    if (head.chunked()) {
      body.chunked();
    } else {
      body.length(Math.max(0, head.contentLength()));
    }
    bodyEnded = body.done();
    bodyWanted = true;
    exchange.start(routes.current().match(head), bodyEnded);
  }

  /// Who begins in plaintext with another protocol, such as a preface of HTTP/2 that is none, is
  /// not answered in HTTP/1.1 (RFC 9113 3.4).
  private void refuse(Malformed why) {
    if (why != Malformed.NOT_HTTP || asked || connection.tls()) {
      reject(why.status(), why.reason());
      return;
    }
    headSince = 0;
    connection.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR);
    exchange.drop(why.reason());
    state = Http1State.CLOSED;
    channel.close();
  }

  private void reject(int status, String reason) {
    state = Http1State.BUSY;
    headSince = 0;
    persistent = false;
    bodyEnded = false;
    if (status == 431 || status == 414) {
      connection.count(HttpStat.DOWNSTREAM_RQ_TOO_LARGE);
    } else {
      connection.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR);
    }
    exchange.reject(status, reason);
  }

  private void malformedBody(Malformed why) {
    connection.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR);
    persistent = false;
    if (state == Http1State.DISCARDING) {
      end();
    } else {
      exchange.requestMalformed(why.reason());
    }
  }

  @Override
  public void bodyData(ByteBuf data) {
    if (body.exhausted()) {
      bodyEnded = true;
    }
    exchange.requestData(data, bodyEnded);
  }

  @Override
  public void bodyTrailers(HeaderBlock trailers) {
    bodyEnded = true;
    exchange.requestTrailers(trailers);
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
    return parser.http10() ? "HTTP/1.0" : "HTTP/1.1";
  }

  @Override
  public void informational(ResponseHead response) {
    if (!parser.http10()) {
      writer.response(response, Framing.LENGTH, Persistence.IMPLIED);
    }
  }

  /// From here on both directions are octets, framed by nothing but their ends.
  @Override
  public void switched(ResponseHead response) {
    writer.response(response, Framing.LENGTH, Persistence.WEBSOCKET);
    tunnel = true;
    persistent = false;
    chunkedResponse = false;
    bodyEnded = false;
    body.untilClose();
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (InputEnd.is(channel, event)) {
      inputShut = true;
      if (tunnel) {
        process();
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  /// The client has ended its side of a tunnel, and all of it was passed on.
  private void tunnelInputEnds() {
    bodyEnded = true;
    exchange.requestData(Unpooled.EMPTY_BUFFER, true);
    if (outputEnded) {
      end();
    }
  }

  /// The backend has ended its side of a tunnel; the client may go on.
  private void tunnelOutputEnds() {
    outputEnded = true;
    flush();
    if (bodyEnded) {
      end();
    } else {
      writer.endOutput(() -> {});
    }
  }

  @Override
  public void head(ResponseHead response, boolean end) {
    Framing framing = Framing.LENGTH;
    if (end && response.contentLength() < 0 && !response.lengthless() && !head.methodIs(HEAD)) {
      response.contentLength(0);
    } else if (!end && response.contentLength() < 0) {
      framing = parser.http10() ? Framing.CLOSE : Framing.CHUNKED;
    }
    chunkedResponse = framing == Framing.CHUNKED;
    closeDelimited = framing == Framing.CLOSE;
    persistent &= !closeDelimited && !worker.draining() && !routes.ended();
    persistent &= bodyEnded || restIsRead(!end && response.contentLength() < 0);
    writer.response(response, framing, Persistence.of(persistent, parser.http10()));
    if (end) {
      responded();
    }
  }

  @Override
  public void data(ByteBuf data, boolean end) {
    writer.data(data, chunkedResponse);
    if (end && tunnel) {
      tunnelOutputEnds();
    } else if (end) {
      if (chunkedResponse) {
        writer.lastChunk();
      }
      responded();
    }
  }

  @Override
  public void trailers(HeaderBlock trailers) {
    if (chunkedResponse) {
      writer.lastChunk(trailers);
    }
    responded();
  }

  /// Whether the rest of the body is read even if nobody wants it. It is known to be small then, or
  /// may be what the response is made of; and nobody waits to be told to go on, who might never
  /// send it (RFC 9110 10.1.1).
  private boolean restIsRead(boolean unknownLength) {
    boolean small = !head.chunked() && body.remaining() <= Http1State.DISCARDED_OCTETS;
    return (small || unknownLength) && !parser.expectContinue();
  }

  /// The response is complete.
  private void responded() {
    if (!persistent) {
      flush();
      end();
      return;
    }
    bodyWanted = true;
    headSince = worker.clock().nanos();
    state = Http1State.DISCARDING;
    discarded();
    process();
  }

  /// What came of a body that nobody wants is dropped. Its end is the request's, too.
  private void discarded() {
    idleSince = worker.clock().nanos();
    if (bodyEnded) {
      state = Http1State.IDLE;
      headSince = 0;
      parser.begin(head);
    }
  }

  private void end() {
    idleSince = System.nanoTime();
    if (bodyEnded) {
      state = Http1State.CLOSED;
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> channel.close());
    } else {
      state = Http1State.LINGERING;
      bodyWanted = true;
      read();
    }
  }

  @Override
  public void abort() {
    if (closeDelimited && channel.isActive()) {
      // Without a reset the client would take what it has for all there is.
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    state = Http1State.CLOSED;
    flush();
    channel.close();
  }

  @Override
  public void flush() {
    connection.http().add(HttpStat.DOWNSTREAM_CX_TX_BYTES_TOTAL.ordinal(), writer.flush());
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public void readBody(boolean wanted) {
    bodyWanted = wanted;
    if (wanted && input != null) {
      process();
    } else {
      read();
    }
  }

  /// Reads from the client as long as nothing of it waits. While a response is under way this is
  /// also how a client that went away is noticed.
  private void read() {
    boolean wanted = input == null && (bodyWanted || bodyEnded);
    if (wanted != reading) {
      reading = wanted;
      channel.config().setAutoRead(wanted);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      exchange.clientWritable();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Faults.tell("A request over HTTP/1.1", cause);
    channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    state = Http1State.CLOSED;
    worker.sweeper().remove(watch);
    connection.http().add(HttpStat.DOWNSTREAM_CX_HTTP1_ACTIVE.ordinal(), -1);
    exchange.clientGone();
    writer.release();
    if (input != null && !processing) {
      input.release();
      input = null;
    }
    ctx.fireChannelInactive();
  }

  /// Closes what waits too long.
  private final class Watch extends Sweeper.Swept {
    @Override
    protected void sweep(long nowNanos) {
      lowWater.sweep(nowNanos);
      Timeouts timeouts = worker.timeouts();
      switch (state) {
        case IDLE -> {
          if (headSince != 0) {
            if (late(nowNanos - headSince, timeouts.requestHead().toNanos())) {
              connection.count(HttpStat.DOWNSTREAM_RQ_HEADER_TIMEOUT);
              reject(408, "the request took too long to arrive");
            }
          } else if (routes.ended() || worker.drains(idleSince, nowNanos)) {
            connection.count(HttpStat.DOWNSTREAM_CX_DRAIN_CLOSE);
            bodyEnded = true;
            end(); // Behind what still waits for a slow client.
          } else if (late(nowNanos - idleSince, timeouts.clientIdle().toNanos())) {
            connection.count(HttpStat.DOWNSTREAM_CX_IDLE_TIMEOUT);
            channel.close();
          }
        }
        case DISCARDING, LINGERING -> {
          boolean longEnough = late(nowNanos - headSince, timeouts.requestHead().toNanos());
          if (nowNanos - idleSince > Http1State.LINGER_NANOS || (headSince != 0 && longEnough)) {
            channel.close();
          }
        }
        case CLOSED -> {
          // It does not read its last response.
          if (late(nowNanos - idleSince, timeouts.streamIdle().toNanos())) {
            channel.close();
          }
        }
        case BUSY -> {}
      }
    }
  }
}
