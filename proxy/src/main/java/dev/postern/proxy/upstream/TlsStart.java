package dev.postern.proxy.upstream;

import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.tls.RecordInput;
import dev.postern.proxy.tls.TlsFacts;
import dev.postern.proxy.tls.TlsFailure;
import dev.postern.proxy.tls.UpstreamTlsContext;
import dev.postern.stats.StatCells;
import dev.postern.stats.StatGroup;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;

/// Waits for the TLS handshake with a backend, which verifies it, and counts how it went. Then it
/// stays to put into words what TLS has against the connection later.
final class TlsStart extends ChannelInboundHandlerAdapter {
  private final PendingConnection pending;
  private final SslHandler tls;
  private final boolean insecure;
  private final Ready ready;
  private boolean over;
  private boolean established;

  /// What to do when the backend is verified.
  interface Ready {
    void established(TlsFacts facts);
  }

  private TlsStart(PendingConnection pending, SslHandler tls, boolean insecure, Ready ready) {
    this.pending = pending;
    this.tls = tls;
    this.insecure = insecure;
    this.ready = ready;
  }

  /// Adds TLS to a channel that is connected.
  static void on(
      Channel channel, UpstreamTlsContext context, PendingConnection pending, Ready ready) {
    SslHandler handler;
    try {
      handler =
          context.newHandler(
              channel.alloc(),
              pending.endpoint().where().address(),
              pending.endpoint().where().port());
    } catch (SSLException e) {
      pending.failed("TLS cannot start: " + e.getMessage());
      return;
    }
    handler.setHandshakeTimeoutMillis(0);
    channel
        .pipeline()
        .addLast(handler, new TlsStart(pending, handler, context.tls().insecure(), ready));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (over || !(event instanceof SslHandshakeCompletionEvent done)) {
      ctx.fireUserEventTriggered(event);
      return;
    }
    over = true;
    if (done.isSuccess()) {
      established = true;
      TlsFacts facts = TlsFacts.of(tls);
      count(facts);
      RecordInput.on(ctx.channel(), pending.cluster().worker().openedBuffers());
      ready.established(facts);
    } else {
      fail(done.cause());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (established) {
      ctx.fireExceptionCaught(told(cause));
      return;
    }
    if (!over) {
      over = true;
      fail(cause);
    }
    ctx.close();
  }

  private Throwable told(Throwable cause) {
    TlsFailure failure = TlsFailure.afterHandshake(cause, peer());
    if (failure == null) {
      return cause;
    }
    cells().increment(stat(failure.kind()).ordinal());
    return new SSLException("TLS: " + failure.reason());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!over) {
      over = true;
      cells().increment(ClusterStat.SSL_CONNECTION_ERROR.ordinal());
      pending.failed("the backend closed the connection during the TLS handshake");
    }
    ctx.fireChannelInactive();
  }

  private String peer() {
    return new String(pending.endpoint().addressText(), StandardCharsets.US_ASCII);
  }

  private void fail(Throwable cause) {
    TlsFailure failure = TlsFailure.of(cause, peer());
    cells().increment(stat(failure.kind()).ordinal());
    pending.failed("TLS: " + failure.reason());
  }

  private static ClusterStat stat(TlsFailure.Kind kind) {
    return switch (kind) {
      case FAIL_VERIFY_ERROR -> ClusterStat.SSL_FAIL_VERIFY_ERROR;
      case FAIL_VERIFY_SAN -> ClusterStat.SSL_FAIL_VERIFY_SAN;
      case FAIL_VERIFY_NO_CERT -> ClusterStat.SSL_FAIL_VERIFY_NO_CERT;
      case CONNECTION_ERROR -> ClusterStat.SSL_CONNECTION_ERROR;
    };
  }

  private void count(TlsFacts facts) {
    StatGroup stats = pending.cluster().stats();
    cells().increment(ClusterStat.SSL_HANDSHAKE.ordinal());
    if (insecure) {
      cells().increment(ClusterStat.SSL_INSECURE.ordinal());
    }
    if (facts.resumed()) {
      cells().increment(ClusterStat.SSL_SESSION_REUSED.ordinal());
    }
    stats.named("ssl.versions." + facts.version()).increment();
    stats.named("ssl.ciphers." + facts.cipher()).increment();
    if (!facts.curve().isEmpty()) {
      stats.named("ssl.curves." + facts.curve()).increment();
    }
  }

  private StatCells cells() {
    return pending.cluster().cells();
  }
}
