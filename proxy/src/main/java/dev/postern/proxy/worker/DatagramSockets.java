package dev.postern.proxy.worker;

import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import org.jspecify.annotations.Nullable;

/// Makes sockets for datagrams.
@FunctionalInterface
public interface DatagramSockets {

  /// Makes one, not registered anywhere yet.
  ///
  /// @param family null for both
  /// @throws io.netty.channel.ChannelException where there can be no more sockets
  DatagramChannel open(@Nullable SocketProtocolFamily family);
}
