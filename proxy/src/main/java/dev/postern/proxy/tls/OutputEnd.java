package dev.postern.proxy.tls;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/// Tells a peer that nothing more is sent to it, while what it sends is still read.
public final class OutputEnd {
  private OutputEnd() {}

  /// By a close_notify over TLS (RFC 8446 6.1), else by a FIN. What was written must have been
  /// sent.
  public static void send(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    } else if (channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
  }
}
