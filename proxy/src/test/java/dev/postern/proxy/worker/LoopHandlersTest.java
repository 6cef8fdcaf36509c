package dev.postern.proxy.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopHandlersTest {
  private final LoopHandlers handlers = new LoopHandlers(Transport.best());

  @Test
  void whatAWorkerReceivesAndAnswersIsSeenAtItsLoop() throws Exception {
    try (var group = new MultiThreadIoEventLoopGroup(1, handlers)) {
      EventLoop loop = group.next();
      LoopGauges gauges = handlers.gauges(loop);
      Worker worker = new Worker(0, loop, gauges, Timeouts.DEFAULT, Limits.DEFAULT);
      var server =
          new ServerBootstrap()
              .group(group)
              .channel(Transport.best().serverChannel())
              .childOption(ChannelOption.RECVBUF_ALLOCATOR, worker.readBuffers())
              .childHandler(new Echo(worker))
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .syncUninterruptibly()
              .channel();
      var address = (InetSocketAddress) server.localAddress();
      try (Socket client = new Socket(address.getAddress(), address.getPort())) {
        client.getOutputStream().write(new byte[700]);
        assertThat(client.getInputStream().readNBytes(700)).hasSize(700);
      }
      assertThat(loop.submit(() -> gauges.received().total()).get()).isEqualTo(700);
      assertThat(loop.submit(() -> gauges.requests().total()).get()).isPositive();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
      worker.close();
    }
  }

  @Test
  void withEpollALoopMayPause() {
    assumeTrue(Epoll.isAvailable());
    try (var group =
        new MultiThreadIoEventLoopGroup(
            1,
            loop -> {
              var handler = handlers.newHandler(loop);
              assertThat(handler).isInstanceOf(CoalescingHandler.class);
              return handler;
            })) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  /// Each read is a request.
  private static final class Echo extends ChannelInboundHandlerAdapter {
    private final Worker worker;

    Echo(Worker worker) {
      this.worker = worker;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      worker.requestEnds(new NeverSwept());
      context.writeAndFlush(message);
    }
  }

  private static final class NeverSwept extends Sweeper.Swept {
    @Override
    protected void sweep(long nowNanos) {}
  }
}
