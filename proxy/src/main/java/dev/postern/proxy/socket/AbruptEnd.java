package dev.postern.proxy.socket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of a connection whose peer must not take what it has for all there is: a reset.
public final class AbruptEnd {
  private static final Logger log = LoggerFactory.getLogger(AbruptEnd.class);

  private AbruptEnd() {}

  /// Resets a connection (RFC 9293 3.10.5, ABORT). Over TLS below it, for a close_notify would say
  /// that this was all (RFC 8446 6.1). Nothing lingers with a time of 0, so Netty closes the socket
  /// on its loop as always.
  public static void of(Channel channel) {
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (ChannelException e) {
      log.debug("a connection is broken already", e);
    }
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    if (tls == null) {
      channel.close();
    } else {
      tls.close();
    }
  }
}
