package dev.postern.proxy.upstream;

import dev.postern.proxy.stat.TrafficFailure;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.nio.NioSocketChannel;

/// Connects in plaintext, with nothing around it.
public final class PlainConnector implements Connector {
  @Override
  public void connect(PendingConnection pending) {
    WorkerCluster cluster = pending.cluster();
    cluster.connectionMade(pending.endpoint());
    ChannelFuture connecting =
        new Bootstrap()
            .group(cluster.worker().loop())
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {}
                })
            .connect(pending.endpoint().address());
    connecting.addListener(_ -> {
      BackendListener listener = pending.listener();
      if (!connecting.isSuccess()) {
        cluster.connectionEnded(pending.endpoint());
        if (listener != null) {
          listener.connectFailed(TrafficFailure.CONNECT_FAILURE, "refused");
        }
        return;
      }
      Channel channel = connecting.channel();
      Http1Connection connection = new Http1Connection(pending, channel, "-");
      channel.pipeline().addLast(connection);
      if (listener == null) {
        connection.release();
      } else {
        connection.take(listener, false);
        listener.connected(connection);
      }
    });
  }
}
