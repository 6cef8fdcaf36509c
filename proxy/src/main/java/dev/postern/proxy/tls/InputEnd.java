package dev.postern.proxy.tls;

import io.netty.channel.Channel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;

/// Whether a peer has ended its side, while it may still be written to.
public final class InputEnd {
  private InputEnd() {}

  /// By a FIN, or over TLS by a close_notify. Once this side has sent its own close_notify, Netty
  /// says that TLS is closed as soon as anything comes: the engine is asked then, and the end is
  /// the FIN that follows.
  public static boolean is(Channel channel, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      return true;
    }
    if (!(event instanceof SslCloseCompletionEvent closed) || !closed.isSuccess()) {
      return false;
    }
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    return tls == null || tls.engine().isInboundDone();
  }
}
