package dev.postern.proxy.udp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/// Where answers are sent from: the address that the client asked (RFC 1122 4.1.3.5), since it
/// takes none from another. A socket that is bound to all addresses cannot choose; beside it there
/// is one for each address that was asked, which from then on gets what comes to that address. On
/// the worker's loop.
final class AddressSockets {
  /// Of further addresses answers come from the one that the kernel prefers.
  private static final int MOST = 256;

  private final UdpSessions sessions;
  private final Map<InetSocketAddress, Channel> sockets = new HashMap<>();

  AddressSockets(UdpSessions sessions) {
    this.sessions = sessions;
  }

  /// @param listener what is bound to the address or to all
  /// @param asked the address that a client sent to; one of all where the transport does not know
  /// @throws io.netty.channel.ChannelException where there can be no more sockets
  Channel from(Channel listener, InetSocketAddress asked) {
    if (asked.getAddress().isAnyLocalAddress() || asked.equals(listener.localAddress())) {
      return listener;
    }
    Channel open = sockets.get(asked);
    if (open != null || sockets.size() == MOST) {
      return open == null ? listener : open;
    }
    Channel bound = bind(listener, asked);
    if (!bound.equals(listener)) {
      sockets.put(asked, bound);
    }
    return bound;
  }

  /// Beside the listener nobody may have the port, but for this one moment.
  private Channel bind(Channel listener, InetSocketAddress asked) {
    DatagramChannel made = sessions.transport().newDatagrams(asked.getAddress());
    made.config().setAllocator(sessions.worker().allocator());
    made.config().setRecvByteBufAllocator(UdpSessions.WHOLE_DATAGRAMS);
    made.config().setReuseAddress(true);
    made.pipeline().addLast(new Input(sessions));
    sessions.worker().loop().register(made);
    listener.config().setOption(ChannelOption.SO_REUSEADDR, true);
    boolean done = made.bind(asked).isSuccess(); // at once: this is its loop
    listener.config().setOption(ChannelOption.SO_REUSEADDR, false);
    if (!done) {
      made.close();
      return listener;
    }
    made.config().setReuseAddress(false);
    return made;
  }

  void close() {
    sockets.values().forEach(Channel::close);
    sockets.clear();
  }

  /// What comes to the address itself.
  private static final class Input extends SimpleChannelInboundHandler<DatagramPacket> {
    private final UdpSessions sessions;

    Input(UdpSessions sessions) {
      this.sessions = sessions;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
      sessions.received(ctx.channel(), packet);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      sessions.exceptionCaught(ctx, cause);
    }
  }
}
