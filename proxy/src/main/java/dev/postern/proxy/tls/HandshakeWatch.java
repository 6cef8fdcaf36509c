package dev.postern.proxy.tls;

import dev.postern.ir.FilterChain;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Stands behind the TLS handler until the handshake is over, tells how it ended, and goes.
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
  private final ClientTls.Outcome outcome;
  private @Nullable FilterChain chain;
  private @Nullable SslHandler tls;
  private boolean told;

  HandshakeWatch(ClientTls.Outcome outcome) {
    this.outcome = outcome;
  }

  void chosen(FilterChain chain, SslHandler tls) {
    this.chain = chain;
    this.tls = tls;
  }

  /// TLS does not end here.
  void passedThrough(ChannelHandlerContext ctx, FilterChain chosen) {
    if (!told) {
      told = true;
      ctx.pipeline().remove(this);
      outcome.passedThrough(ctx.channel(), chosen);
    }
  }

  void fail(ChannelHandlerContext ctx, String reason) {
    fail(ctx, new TlsFailure(TlsFailure.Kind.CONNECTION_ERROR, reason));
  }

  void unmatched(ChannelHandlerContext ctx, @Nullable String serverName) {
    String asked =
        serverName == null ? "no server name" : "the server name " + Printable.text(serverName);
    if (!told) {
      told = true;
      outcome.unmatched(
          ctx.channel(), "the client asked for " + asked + ", which no listener here has");
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    switch (event) {
      case SslHandshakeCompletionEvent done -> {
        FilterChain chosen = chain;
        SslHandler handler = tls;
        if (!done.isSuccess()) {
          fail(ctx, done.cause());
        } else if (!told && chosen != null && handler != null) {
          told = true;
          outcome.established(ctx.channel(), chosen, TlsFacts.of(handler));
          ctx.pipeline().remove(this);
        }
      }
      case SniCompletionEvent hello -> {
        if (!hello.isSuccess()) {
          fail(ctx, hello.cause());
        }
      }
      default -> super.userEventTriggered(ctx, event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, cause);
    ctx.close();
  }

  private void fail(ChannelHandlerContext ctx, Throwable cause) {
    String client =
        ctx.channel().remoteAddress() instanceof InetSocketAddress address
            ? address.getAddress().getHostAddress() + ":" + address.getPort()
            : "the client";
    fail(ctx, TlsFailure.of(cause, client));
  }

  private void fail(ChannelHandlerContext ctx, TlsFailure failure) {
    if (!told) {
      told = true;
      outcome.failed(ctx.channel(), failure);
    }
  }
}
