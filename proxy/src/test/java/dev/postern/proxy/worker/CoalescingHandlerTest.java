package dev.postern.proxy.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.proxy.socket.ReceivedOctets;
import dev.postern.proxy.worker.Coalescing.Window;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A loop that pauses, with an echo on it.
@Timeout(30)
class CoalescingHandlerTest {
  private final Coalescing coalescing = new Coalescing();
  private EventLoopGroup group = null;
  private InetSocketAddress echo = null;

  @BeforeEach
  void starts() {
    assumeTrue(Epoll.isAvailable());
    decideForPauses();
    group =
        new MultiThreadIoEventLoopGroup(
            1,
            loop ->
                new CoalescingHandler(
                    EpollIoHandler.newFactory().newHandler(loop),
                    coalescing,
                    new ReceivedOctets()));
    var bootstrap = new ServerBootstrap().group(group).channel(EpollServerSocketChannel.class);
    bootstrap.childHandler(
        new ChannelInitializer<SocketChannel>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            channel.pipeline().addLast(new Echo());
          }
        });
    echo =
        (InetSocketAddress)
            bootstrap
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel()
                .localAddress();
  }

  @AfterEach
  void ends() {
    if (group != null) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void whatComesDuringPausesIsAnswered() throws IOException {
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(new Socket(echo.getAddress(), echo.getPort()));
    }
    for (Socket client : clients) {
      client.getOutputStream().write(clients.indexOf(client));
    }
    for (Socket client : clients) {
      assertThat(client.getInputStream().read()).isEqualTo(clients.indexOf(client));
      client.close();
    }
  }

  @Test
  void oneClientThatWaitsForEachAnswerEndsThePauses() throws IOException {
    try (Socket client = new Socket(echo.getAddress(), echo.getPort())) {
      for (int i = 0; i < 50; i++) {
        client.getOutputStream().write(i);
        assertThat(client.getInputStream().read()).isEqualTo(i);
      }
    }
    assertThat(pauses()).isFalse();
  }

  @Test
  void whatOtherThreadsWantDoneIsDone() {
    for (int i = 0; i < 200; i++) {
      int asked = i;
      assertThat(group.submit(() -> asked).syncUninterruptibly().getNow()).isEqualTo(asked);
    }
  }

  private boolean pauses() {
    return group.submit(coalescing::on).syncUninterruptibly().getNow();
  }

  /// As traffic would that is cheaper with pauses.
  private void decideForPauses() {
    long nanos = Coalescing.WINDOW_NANOS;
    for (int i = 0; i < 20; i++) {
      coalescing.window(new Window(nanos, coalescing.on() ? nanos / 2 : nanos, 1_000));
    }
    assertThat(coalescing.on()).isTrue();
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message);
    }
  }
}
