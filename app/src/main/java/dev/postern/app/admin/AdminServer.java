package dev.postern.app.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Serves the admin pages over HTTP/1.1 with one thread of its own, apart from traffic.
///
/// It has no login: whoever can reach it can read the whole configuration, keys excepted. It
/// changes nothing. On a loopback address it answers only requests that name it by an IP address or
/// `localhost`, so that a web page cannot read it by DNS rebinding.
public final class AdminServer implements AutoCloseable {
  /// Where Envoy's is.
  public static final InetSocketAddress DEFAULT_ADDRESS =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 19000);

  private static final int MAX_REQUEST_LINE = 8 * 1024;
  private static final int MAX_HEADERS = 16 * 1024;
  private static final int MAX_BODY = 4 * 1024;

  /// What a client may cost.
  ///
  /// @param connections at a time; one more is closed at once
  /// @param request for a whole request to arrive, also between two of them
  /// @param stall while a client takes nothing of an answer
  record Limits(int connections, Duration request, Duration stall) {
    static final Limits DEFAULT = new Limits(100, Duration.ofSeconds(30), Duration.ofSeconds(30));
  }

  private final InetSocketAddress address;
  private final AdminView view;
  private final Limits limits;
  private final EventLoopGroup thread =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("admin", true), NioIoHandler.newFactory());

  /// @param address port 0 for any free one
  public AdminServer(InetSocketAddress address, AdminView view) {
    this(address, view, Limits.DEFAULT);
  }

  AdminServer(InetSocketAddress address, AdminView view, Limits limits) {
    this.address = address;
    this.view = view;
    this.limits = limits;
  }

  /// Binds and serves.
  ///
  /// @return the address with the port that was bound
  /// @throws IOException with a message for a person when it cannot be bound
  public InetSocketAddress start() throws IOException {
    if (address.isUnresolved()) {
      throw new IOException(
          "cannot listen on " + address.getHostString() + ", a name that cannot be resolved");
    }
    ConnectionCount count = new ConnectionCount(limits.connections());
    boolean loopbackOnly = address.getAddress().isLoopbackAddress();
    ChannelFuture bound =
        new ServerBootstrap()
            .group(thread)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(count)
                        .addLast(
                            new IdleStateHandler(
                                true, 0, limits.stall().toMillis(), 0, TimeUnit.MILLISECONDS))
                        .addLast(new HttpServerCodec(decoderConfig()))
                        .addLast(new BodyLimit(MAX_BODY))
                        .addLast(new ChunkedWriteHandler())
                        .addLast(new AdminHandler(view, loopbackOnly, limits));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      close();
      throw new IOException(
          "cannot bind "
              + Answer.socket(address.getAddress().getHostAddress(), address.getPort())
              + ": "
              + bound.cause().getMessage(),
          bound.cause());
    }
    Channel channel = bound.channel();
    return (InetSocketAddress) channel.localAddress();
  }

  private static HttpDecoderConfig decoderConfig() {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(MAX_REQUEST_LINE)
        .setMaxHeaderSize(MAX_HEADERS)
        .setMaxChunkSize(MAX_BODY);
  }

  /// Closes everything and returns at once.
  @Override
  public void close() {
    thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
