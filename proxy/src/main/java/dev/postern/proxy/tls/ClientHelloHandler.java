package dev.postern.proxy.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Waits for the ClientHello, then makes room for the TLS handler of who is to serve it. What does
/// not begin like TLS is closed at its first octet.
final class ClientHelloHandler extends AbstractSniHandler<ServerNames.Choice> {
  /// Ten times what browsers send today.
  private static final int LONGEST_HELLO = 16 * 1024;

  private static final byte HANDSHAKE_RECORD = 22;
  private static final int HANDSHAKE_FAILURE = 40;
  private static final int UNRECOGNIZED_NAME = 112;
  private static final int INTERNAL_ERROR = 80;

  private final Supplier<ServerNames> names;
  private final long timeoutMillis;
  private final HandshakeWatch watch;
  private boolean closing;
  private @Nullable ByteBuf hello;

  ClientHelloHandler(Supplier<ServerNames> names, long timeoutMillis, HandshakeWatch watch) {
    super(LONGEST_HELLO, timeoutMillis);
    this.names = names;
    this.timeoutMillis = timeoutMillis;
    this.watch = watch;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (closing) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (in.getByte(in.readerIndex()) != HANDSHAKE_RECORD) {
      closing = true;
      in.skipBytes(in.readableBytes());
      watch.fail(ctx, "the client does not speak TLS on this port: it sent something else");
      ctx.close();
      return;
    }
    super.decode(ctx, in, out);
  }

  @Override
  protected Future<ServerNames.Choice> lookup(
      ChannelHandlerContext ctx, @Nullable ByteBuf clientHello) throws Exception {
    hello = clientHello;
    try {
      return super.lookup(ctx, clientHello);
    } finally {
      hello = null; // it is gone after this
    }
  }

  @Override
  protected Future<ServerNames.Choice> lookup(
      ChannelHandlerContext ctx, @Nullable String serverName) {
    ByteBuf said = hello == null ? Unpooled.EMPTY_BUFFER : hello;
    ServerNames.Choice choice = names.get().choose(serverName, said);
    return choice == null
        ? ctx.executor().newFailedFuture(new SSLException("no filter chain"))
        : ctx.executor().newSucceededFuture(choice);
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String serverName, Future<ServerNames.Choice> future) {
    if (!future.isSuccess()) {
      watch.unmatched(ctx, serverName);
      alert(ctx, UNRECOGNIZED_NAME);
      return;
    }
    ServerNames.Choice choice = future.getNow();
    DownstreamTlsContext context = choice.context();
    if (context == null) {
      watch.passedThrough(ctx, choice.filterChain());
      ctx.pipeline().remove(this);
      return;
    }
    if (!choice.signs()) {
      watch.fail(
          ctx, "the client takes nothing better than SHA-1 for this certificate's signatures");
      alert(ctx, HANDSHAKE_FAILURE);
      return;
    }
    SslHandler tls;
    try {
      tls = context.newHandler(ctx.alloc());
    } catch (SSLException e) {
      watch.fail(ctx, TlsFailure.text(e));
      alert(ctx, INTERNAL_ERROR);
      return;
    }
    tls.setHandshakeTimeoutMillis(timeoutMillis);
    watch.chosen(choice.filterChain(), tls);
    ctx.pipeline().replace(this, null, tls);
  }

  /// There is no TLS engine yet: a fatal alert in the clear (RFC 8446 6).
  private void alert(ChannelHandlerContext ctx, int description) {
    closing = true;
    byte[] alert = {21, 3, 3, 0, 2, 2, (byte) description};
    ctx.writeAndFlush(ctx.alloc().buffer(alert.length).writeBytes(alert))
        .addListener(ChannelFutureListener.CLOSE);
  }
}
