package dev.postern.proxy.http2backend;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Netty's own HTTP/2 server: it sends a body back as it comes, with trailers behind it, and shows
/// the request's fields as `got-` fields.
public final class NettyH2Server implements AutoCloseable {
  final AtomicInteger connections = new AtomicInteger();
  public final AtomicInteger requests = new AtomicInteger();
  final AtomicInteger active = new AtomicInteger();
  final AtomicInteger mostActive = new AtomicInteger();
  final List<Long> resets = new CopyOnWriteArrayList<>();
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel listener;
  private final List<Channel> accepted = new CopyOnWriteArrayList<>();

  public NettyH2Server() {
    this(Http2Settings.defaultSettings(), null);
  }

  NettyH2Server(Http2Settings settings, SslContext tls) {
    listener =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.incrementAndGet();
                    accepted.add(channel);
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    channel
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forServer().initialSettings(settings).build(),
                            new Http2MultiplexHandler(
                                new ChannelInitializer<>() {
                                  @Override
                                  protected void initChannel(Channel stream) {
                                    stream.pipeline().addLast(new Echo());
                                  }
                                }));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /// Ends all connections, as an orderly server does: with GOAWAY, when their streams are over.
  void goAway() {
    accepted.forEach(Channel::close);
  }

  private final class Echo extends ChannelInboundHandlerAdapter {
    private Http2Headers request;

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      mostActive.accumulateAndGet(active.incrementAndGet(), Math::max);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      active.decrementAndGet();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http2HeadersFrame headers) {
        if (request == null) {
          start(ctx, headers);
        } else {
          end(ctx, headers.headers());
        }
      } else if (message instanceof Http2DataFrame data) {
        boolean end = data.isEndStream();
        ctx.writeAndFlush(new DefaultHttp2DataFrame(data.content(), false));
        if (end) {
          end(ctx, null);
        }
      }
    }

    private void start(ChannelHandlerContext ctx, Http2HeadersFrame headers) {
      requests.incrementAndGet();
      request = headers.headers();
      String path = request.path().toString();
      if (path.startsWith("/hang")) {
        return;
      }
      Http2Headers response = new DefaultHttp2Headers().status("200");
      for (Map.Entry<CharSequence, CharSequence> field : request) {
        response.add("got-" + field.getKey().toString().replace(':', '.'), field.getValue());
      }
      if (path.startsWith("/early")) {
        ctx.write(
            new DefaultHttp2HeadersFrame(
                new DefaultHttp2Headers().status("103").add("link", "</a>")));
      }
      if ("100-continue".contentEquals(String.valueOf(request.get("expect")))) {
        ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("100")));
      }
      if (path.startsWith("/large")) {
        int mebibytes = Integer.parseInt(path.substring(7));
        ctx.write(new DefaultHttp2HeadersFrame(response));
        for (int i = 0; i < mebibytes; i++) {
          ctx.write(
              new DefaultHttp2DataFrame(
                  Unpooled.wrappedBuffer(new byte[1 << 20]), i == mebibytes - 1));
        }
        ctx.flush();
        return;
      }
      if ("HEAD".contentEquals(request.method())) {
        response.add("content-length", "5");
        ctx.writeAndFlush(new DefaultHttp2HeadersFrame(response, true));
        return;
      }
      ctx.writeAndFlush(new DefaultHttp2HeadersFrame(response));
      if (headers.isEndStream()) {
        end(ctx, null);
      }
    }

    private void end(ChannelHandlerContext ctx, Http2Headers trailers) {
      Http2Headers sent = new DefaultHttp2Headers().add("x-end", "here");
      if (trailers != null) {
        trailers.forEach(field -> sent.add("got-" + field.getKey(), field.getValue()));
      }
      ctx.writeAndFlush(new DefaultHttp2HeadersFrame(sent, true));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
      if (event instanceof Http2ResetFrame reset) {
        resets.add(reset.errorCode());
      }
      super.userEventTriggered(ctx, event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
