package dev.postern.proxy.http2backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.stat.ClusterStat;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A backend that selects HTTP/2 and then wants a request over HTTP/1.1 (RFC 9113 7).
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Http11RequiredTest {
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final X509Bundle certificate;
  private final Hop hop;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Http11RequiredTest() throws Exception {
    certificate =
        new CertificateBuilder()
            .subject("CN=localhost")
            .addSanDnsName("localhost")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    hop =
        Hop.to(serve())
            .tls(
                new UpstreamTls(
                    "localhost",
                    new UpstreamTls.Trust.Anchors(List.of(certificate.getCertificate())),
                    List.of(new UpstreamTls.SubjectName.Dns("localhost")),
                    Optional.empty(),
                    TlsParameters.DEFAULT));
  }

  @AfterEach
  void close() {
    client.close();
    hop.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void getsItWhereTheProtocolIsNegotiated() throws Exception {
    hop.protocol(new UpstreamProtocol.Negotiated()).apply();
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> answer = post();
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("over HTTP/1.1: body");
    }
    assertThat(hop.count(ClusterStat.UPSTREAM_CX_HTTP2_TOTAL)).isEqualTo(1);
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_ACTIVE)).isZero();
  }

  @Test
  void isRefusedWhereHttp2IsPrescribed() throws Exception {
    hop.protocol(new UpstreamProtocol.Http2()).apply();
    assertThat(post().statusCode()).isEqualTo(503);
    Http2BackendTest.await(() -> !hop.log.isEmpty());
    assertThat(hop.log.getFirst()).contains("HTTP_1_1_REQUIRED");
  }

  private HttpResponse<String> post() throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hop.port + "/"))
            .POST(HttpRequest.BodyPublishers.ofString("body"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private int serve() throws Exception {
    SslContext tls =
        SslContextBuilder.forServer(
                certificate.getKeyPair().getPrivate(), certificate.getCertificatePath())
            .sslProvider(SslProvider.JDK)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.FATAL_ALERT,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.FATAL_ALERT,
                    List.of("h2", "http/1.1")))
            .build();
    Channel listener =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Selected());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private static final class Selected extends ApplicationProtocolNegotiationHandler {
    Selected() {
      super("http/1.1");
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
      if (protocol.equals("h2")) {
        ctx.pipeline()
            .addLast(
                Http2FrameCodecBuilder.forServer().build(),
                new Http2MultiplexHandler(new Refusing()));
      } else {
        ctx.pipeline()
            .addLast(new HttpServerCodec(), new HttpObjectAggregator(1 << 20), new Answering());
      }
    }
  }

  @ChannelHandler.Sharable
  private static final class Refusing extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http2HeadersFrame) {
        ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.HTTP_1_1_REQUIRED));
      }
      ReferenceCountUtil.release(message);
    }
  }

  private static final class Answering extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      FullHttpRequest request = (FullHttpRequest) message;
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.OK,
              Unpooled.wrappedBuffer(
                  Unpooled.copiedBuffer("over HTTP/1.1: ", StandardCharsets.US_ASCII),
                  request.content()));
      response.headers().setInt("content-length", response.content().readableBytes());
      ctx.writeAndFlush(response);
    }
  }
}
