package dev.postern.proxy.downstream;

import dev.postern.proxy.exchange.ClientConnection;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// Finds out what a client speaks. In plaintext its first octets tell: HTTP/2 with prior knowledge
/// begins with a preface that cannot begin an HTTP/1.x request (RFC 9113 3.4). Over TLS it was
/// agreed on by ALPN: see [#install].
public final class ClientProtocol extends ChannelInboundHandlerAdapter {
  /// HTTP/2's name in ALPN.
  public static final String H2 = "h2";

  private static final byte[] PREFACE = Octets.ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

  private final ClientConnection connection;
  private final Worker worker;
  private final Routes routes;
  private final Watch watch = new Watch();
  private final long openedNanos = System.nanoTime();
  private @Nullable ByteBuf input;
  private @Nullable ChannelHandlerContext context;
  private long firstOctetNanos;

  /// For a connection in plaintext.
  public ClientProtocol(ClientConnection connection, Routes routes) {
    this.connection = connection;
    this.worker = connection.worker();
    this.routes = routes;
  }

  /// Adds what speaks the protocol that ALPN chose behind all handlers of an active channel.
  ///
  /// @param alpn empty when there was none: then it is HTTP/1.1
  public static void install(
      ChannelPipeline pipeline, ClientConnection connection, Routes routes, String alpn) {
    if (alpn.equals(H2)) {
      pipeline.addLast(Http2ServerConnection.of(connection, routes));
    } else {
      pipeline.addLast(new Http1ServerConnection(pipeline.channel(), connection, routes));
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    worker.sweeper().add(watch);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    worker.sweeper().remove(watch);
    if (input != null) {
      input.release();
      input = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf in)) {
      ReferenceCountUtil.release(message);
      return;
    }
    ByteBuf before = input;
    ByteBuf all = before == null ? in : Unpooled.wrappedBuffer(before, in);
    input = null;
    int compared = Math.min(all.readableBytes(), PREFACE.length);
    for (int i = 0; i < compared; i++) {
      if (all.getByte(all.readerIndex() + i) != PREFACE[i]) {
        handOver(ctx, all, "");
        return;
      }
    }
    if (compared == PREFACE.length) {
      handOver(ctx, all, H2);
    } else {
      input = all;
      if (firstOctetNanos == 0 && compared > 0) {
        firstOctetNanos = System.nanoTime();
      }
    }
  }

  private void handOver(ChannelHandlerContext ctx, ByteBuf all, String protocol) {
    install(ctx.pipeline(), connection, routes, protocol);
    ctx.fireChannelRead(all);
    ctx.pipeline().remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  /// Closes what does not get to the point.
  private final class Watch extends Sweeper.Swept {
    @Override
    protected void sweep(long nowNanos) {
      ChannelHandlerContext ctx = context;
      if (ctx == null) {
        return;
      }
      if (firstOctetNanos != 0) {
        close(ctx, firstOctetNanos, worker.timeouts().requestHead().toNanos(), nowNanos);
      } else if (worker.drains(openedNanos, nowNanos)) {
        connection.count(HttpStat.DOWNSTREAM_CX_DRAIN_CLOSE);
        ctx.close();
      } else {
        close(ctx, openedNanos, worker.timeouts().clientIdle().toNanos(), nowNanos);
      }
    }

    private void close(ChannelHandlerContext ctx, long since, long limit, long now) {
      if (limit > 0 && now - since > limit) {
        connection.count(
            firstOctetNanos != 0
                ? HttpStat.DOWNSTREAM_RQ_HEADER_TIMEOUT
                : HttpStat.DOWNSTREAM_CX_IDLE_TIMEOUT);
        ctx.close();
      }
    }
  }
}
