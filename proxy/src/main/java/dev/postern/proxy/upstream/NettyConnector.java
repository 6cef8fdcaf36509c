package dev.postern.proxy.upstream;

import dev.postern.proxy.tls.UpstreamTlsContext;
import dev.postern.proxy.worker.Transport;
import dev.postern.proxy.worker.Worker;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;

/// Opens connections with Netty, on the loop of the worker that wants them.
public final class NettyConnector implements Connector {
  /// How much may wait to be sent before the other side is not read from any more.
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(128 * 1024, 512 * 1024);

  private final Transport transport;

  public NettyConnector(Transport transport) {
    this.transport = transport;
  }

  @Override
  public void connect(PendingConnection pending) {
    WorkerCluster cluster = pending.cluster();
    Worker worker = cluster.worker();
    cluster.connectionMade(pending.endpoint());
    ChannelFuture connecting =
        new Bootstrap()
            .group(worker.loop())
            .channel(transport.clientChannel())
            .option(ChannelOption.ALLOCATOR, worker.allocator())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .handler(new Connecting())
            .connect(pending.endpoint().address());
    Channel channel = connecting.channel();
    pending.channel(channel);
    channel.closeFuture().addListener(_ -> cluster.connectionEnded(pending.endpoint()));
    connecting.addListener(done -> {
      if (done.isSuccess()) {
        connected(pending, channel);
      } else {
        pending.failed(String.valueOf(done.cause().getMessage()));
      }
    });
  }

  private static void connected(PendingConnection pending, Channel channel) {
    channel.pipeline().remove(Connecting.class);
    UpstreamTlsContext tls = pending.cluster().tlsContext(pending.spec());
    if (tls == null) {
      ready(pending, channel, "-");
    } else {
      TlsStart.on(channel, tls, pending, version -> ready(pending, channel, version));
    }
  }

  private static void ready(PendingConnection pending, Channel channel, String tlsVersion) {
    Http1Connection connection = new Http1Connection(pending, channel, tlsVersion);
    channel.pipeline().addLast(connection);
    pending.succeeded(connection);
  }

  /// Is alone in the pipeline until what speaks comes. Epoll may call a socket readable that is not
  /// connected yet; whether it gets connected is told by the attempt itself.
  private static final class Connecting extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {}
  }
}
