package dev.postern.proxy.worker;

import dev.postern.proxy.socket.MissingLibrary;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.nio.NioIoOps;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.Inet4Address;
import java.net.InetAddress;

/// The operating system's way to wait for sockets: epoll on Linux, else what the JDK has.
public record Transport(
    IoHandlerFactory io,
    Class<? extends ServerChannel> serverChannel,
    Class<? extends SocketChannel> clientChannel,
    DatagramSockets datagrams) {

  private static final int NIO_ACCEPTS = 16;

  /// The best that works here; says it when that is not epoll.
  public static Transport best() {
    if (Epoll.isAvailable()) {
      return new Transport(
          EpollHandler.newFactory(),
          EpollServerSocketChannel.class,
          EpollSocketChannel.class,
          EpollDatagramChannel::new);
    }
    MissingLibrary.tell(
        "sockets are the JDK's, which are slower, answer UDP from whatever address the system"
            + " chooses, and hear of no reset while a connection is not read from",
        Epoll.unavailabilityCause());
    return jdk();
  }

  /// What works everywhere.
  public static Transport jdk() {
    return new Transport(
        NioIoHandler.newFactory(),
        NioServerSocketChannel.class,
        NioSocketChannel.class,
        NioDatagramChannel::new);
  }

  /// A socket with which to connect to that address, of the address' own family where that can be
  /// said: one for both families costs the system two calls more.
  ///
  /// @throws io.netty.channel.ChannelException where there can be no more sockets
  public SocketChannel newClient(InetAddress to) {
    return isEpoll() ? new EpollSocketChannel(family(to)) : new NioSocketChannel();
  }

  /// A socket for datagrams from or to that address, of the address' own family: one for both would
  /// take what comes to IPv6 where all addresses of IPv4 are meant.
  ///
  /// @throws ChannelException where there can be no more sockets, or none of that family
  public DatagramChannel newDatagrams(InetAddress address) {
    try {
      return datagrams.open(family(address));
    } catch (UnsupportedOperationException noSuchFamily) {
      // The JDK's word where it has no IPv6 (java.nio.channels.DatagramChannel#open).
      throw new ChannelException(noSuchFamily);
    }
  }

  private static SocketProtocolFamily family(InetAddress address) {
    return address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
  }

  /// For a listening socket: how many connections it takes in a turn of its loop, by Netty's rule,
  /// unless told otherwise. (Its own keeps to one with epoll whatever it is told: it takes the
  /// descriptor for a number of octets, and for a short read.)
  public RecvByteBufAllocator accepting() {
    return new ServerChannelRecvByteBufAllocator()
        .respectMaybeMoreData(false)
        .maxMessagesPerRead(isEpoll() ? 1 : NIO_ACCEPTS);
  }

  /// Takes all connections that wait at a listening socket, which would be reset if it was closed
  /// now. On the channel's loop.
  ///
  /// @param listening has [#accepting()]
  /// @param limit on how many
  public static void acceptWaiting(Channel listening, int limit) {
    MaxMessagesRecvByteBufAllocator reads = listening.config().getRecvByteBufAllocator();
    reads.maxMessagesPerRead(limit);
    switch (listening.unsafe()) {
      case EpollIoHandle epoll -> epoll.handle(null, (EpollIoEvent) () -> EpollIoOps.EPOLLIN);
      case NioIoHandle nio -> nio.handle(null, (NioIoEvent) () -> NioIoOps.ACCEPT);
      default -> {}
    }
  }

  /// Whether a closed socket is gone only once its loop looks at its sockets again.
  boolean closesLater() {
    return serverChannel.equals(NioServerSocketChannel.class);
  }

  /// Whether a thread here can pause for some microseconds: where there is epoll, there is Linux.
  boolean pausesPrecisely() {
    return isEpoll();
  }

  /// Whether it is epoll.
  public boolean isEpoll() {
    return serverChannel.equals(EpollServerSocketChannel.class);
  }

  /// Has each datagram say which address of this machine it was sent to, where the transport can:
  /// epoll does, of IPv4.
  public void tellsAddressAsked(Bootstrap listener) {
    if (isEpoll()) {
      listener.option(EpollChannelOption.IP_RECVORIGDSTADDR, true);
    }
  }
}
