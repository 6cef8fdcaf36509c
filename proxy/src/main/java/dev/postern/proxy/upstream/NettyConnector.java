package dev.postern.proxy.upstream;

import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.socket.Outlet;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.tls.UpstreamTlsContext;
import dev.postern.proxy.worker.Transport;
import dev.postern.proxy.worker.Worker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;

/// Opens connections with Netty, on the loop of the worker that wants them.
public final class NettyConnector implements Connector {
  private final Transport transport;
  private final BackendProtocol fastCgi;
  private final EpollConnector direct;

  /// @param fastCgi speaks to clusters of [UpstreamProtocol.FastCgi]
  public NettyConnector(Transport transport, BackendProtocol fastCgi) {
    this.transport = transport;
    this.fastCgi = fastCgi;
    this.direct = new EpollConnector(fastCgi);
  }

  @Override
  public void connect(PendingConnection pending) {
    if (isDirect(pending)) {
      direct.connect(pending);
    } else {
      connectChannel(pending);
    }
  }

  /// Whether a channel would cost more than what is said on it.
  private boolean isDirect(PendingConnection pending) {
    return transport.isEpoll()
        && !pending.connectOnly()
        && !pending.http1Only()
        && pending.spec().cluster().protocol() instanceof UpstreamProtocol.FastCgi
        && pending.spec().cluster().tls().isEmpty();
  }

  private void connectChannel(PendingConnection pending) {
    WorkerCluster cluster = pending.cluster();
    Worker worker = cluster.worker();
    cluster.connectionMade(pending.endpoint());
    SocketChannel channel;
    try {
      channel = transport.newClient(pending.endpoint().address().getAddress());
    } catch (ChannelException noSocket) {
      cluster.connectionEnded(pending.endpoint());
      worker.loop().execute(() -> pending.failed(String.valueOf(noSocket.getMessage())));
      return;
    }
    prepare(channel, worker, pending.spec().cluster().protocol());
    pending.abandonedBy(channel::close);
    channel.closeFuture().addListener(_ -> cluster.connectionEnded(pending.endpoint()));
    worker.loop().register(channel);
    // Not now: who asked does not know yet what to wait for, and what is to be read of the client
    // is read first.
    worker.loop().execute(() -> connect(pending, channel));
  }

  private void connect(PendingConnection pending, Channel channel) {
    channel
        .connect(pending.endpoint().address())
        .addListener(done -> {
          if (done.isSuccess()) {
            connected(pending, channel);
          } else {
            pending.failed(String.valueOf(done.cause().getMessage()));
          }
        });
  }

  /// Without a Bootstrap, which would copy its options for each connection. TCP_NODELAY is Netty's
  /// default. Who is asked one thing alone is not kept for long enough to be watched.
  private static void prepare(SocketChannel channel, Worker worker, UpstreamProtocol protocol) {
    SocketChannelConfig config = channel.config();
    config.setAllocator(worker.allocator());
    config.setRecvByteBufAllocator(worker.readBuffers());
    config.setConnectTimeoutMillis(0);
    config.setWriteBufferWaterMark(Outlet.WATER_MARK);
    if (!(protocol instanceof UpstreamProtocol.FastCgi)) {
      config.setKeepAlive(true);
    }
    channel.pipeline().addLast(new Connecting());
  }

  private void connected(PendingConnection pending, Channel channel) {
    channel.pipeline().remove(Connecting.class);
    UpstreamTlsContext tls =
        pending.cluster().tlsContext(pending.spec(), pending.endpoint(), pending.http1Only());
    if (tls == null) {
      ready(pending, channel, "-", "");
    } else {
      TlsStart.on(
          channel, tls, pending, facts -> ready(pending, channel, facts.version(), facts.alpn()));
    }
  }

  /// Speaks what the cluster wants and the backend agreed to.
  ///
  /// @param alpn what the backend selected; empty for nothing
  private void ready(PendingConnection pending, Channel channel, String tlsVersion, String alpn) {
    if (!channel.isActive()) {
      pending.failed("the backend closed the connection at once");
      return;
    }
    if (pending.connectOnly()) {
      pending.succeeded(new Reached(channel, tlsVersion));
      return;
    }
    BackendChannel opened = new BackendChannel(pending, channel, tlsVersion);
    UpstreamProtocol wanted =
        pending.http1Only() ? new UpstreamProtocol.Http1() : pending.spec().cluster().protocol();
    switch (wanted) {
      case UpstreamProtocol.Http1() -> {
        if (alpn.equals(Alpn.H2)) {
          refuse(pending, "the backend selected h2 by ALPN where HTTP/1.1 is wanted");
        } else {
          pending.succeeded(Http1Connection.start(opened));
        }
      }
      case UpstreamProtocol.Http2() -> {
        if (alpn.isEmpty() || alpn.equals(Alpn.H2)) {
          pending.succeeded(Http2BackendConnection.start(opened));
        } else {
          refuse(pending, "the backend selected " + alpn + " by ALPN where HTTP/2 is wanted");
        }
      }
      case UpstreamProtocol.Negotiated() -> {
        boolean http2 = alpn.equals(Alpn.H2);
        pending.endpoint().choseHttp1 = !http2;
        pending.succeeded(
            http2 ? Http2BackendConnection.start(opened) : Http1Connection.start(opened));
      }
      case UpstreamProtocol.FastCgi _ -> {
        ChannelConnection connection = ChannelConnection.on(channel, opened.worker().sendBuffers());
        pending.succeeded(fastCgi.start(BackendLink.of(pending, connection, tlsVersion)));
      }
      case UpstreamProtocol.Bytes() -> pending.succeeded(BytesConnection.start(opened));
    }
  }

  private static void refuse(PendingConnection pending, String reason) {
    pending.cluster().cells().increment(ClusterStat.UPSTREAM_CX_PROTOCOL_ERROR.ordinal());
    pending.failed(TrafficFailure.PROTOCOL_ERROR, reason);
  }

  /// Is alone in the pipeline until what speaks comes. Epoll may call a socket readable that is not
  /// connected yet; whether it gets connected is told by the attempt itself.
  private static final class Connecting extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {}
  }
}
