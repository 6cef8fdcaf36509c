package dev.postern.proxy.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.socket.EpollConnection;
import dev.postern.proxy.socket.ReadBuffers;
import dev.postern.proxy.socket.ReusedBuffers;
import dev.postern.proxy.socket.SendBuffers;
import dev.postern.proxy.socket.Tally;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Where there is no memory for what came on one connection, that one ends, and no other is told
/// less: the system tells of each once.
@EnabledOnOs(OS.LINUX)
class NoMemoryToReadTest {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollHandler.newFactory());
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch heard = new CountDownLatch(1);
  private ServerSocket server;

  @BeforeEach
  void listen() throws Exception {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void end() throws Exception {
    server.close();
    group.shutdownGracefully(0, 1, SECONDS).sync();
  }

  @Test
  void aChannelEndsAndTheOthersAreHeard() throws Exception {
    try (Socket poor = connected(buffers(new NoMemory()), ended);
        Socket other = connected(buffers(PooledByteBufAllocator.DEFAULT), heard)) {
      speakAtOnce(poor, other);
      assertThat(ended.await(10, SECONDS)).isTrue();
      assertThat(heard.await(10, SECONDS)).isTrue();
    }
  }

  @Test
  void aConnectionWithoutAChannelEndsAndTheOthersAreHeard() throws Exception {
    IoEventLoop loop = group.next();
    ReadBuffers none = buffers(new NoMemory());
    loop.execute(() -> connectDirectly(loop, none));
    try (Socket poor = server.accept();
        Socket other = connected(buffers(PooledByteBufAllocator.DEFAULT), heard)) {
      speakAtOnce(poor, other);
      assertThat(ended.await(10, SECONDS)).isTrue();
      assertThat(heard.await(10, SECONDS)).isTrue();
    }
  }

  /// So that the loop hears of both together, of the first before.
  private void speakAtOnce(Socket first, Socket second) throws Exception {
    CountDownLatch spoken = new CountDownLatch(1);
    group.submit(() -> {}).sync();
    var waiting = group.submit(() -> spoken.await(10, SECONDS));
    first.getOutputStream().write(1);
    second.getOutputStream().write(1);
    spoken.countDown();
    waiting.sync();
  }

  /// The peer of a channel that says when it has read or ended.
  private Socket connected(ReadBuffers buffers, CountDownLatch told) throws Exception {
    new Bootstrap()
        .group(group)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.RECVBUF_ALLOCATOR, buffers)
        .handler(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ((ByteBuf) message).release();
                told.countDown();
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {}

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                told.countDown();
              }
            })
        .connect(server.getLocalSocketAddress())
        .sync();
    return server.accept();
  }

  private void connectDirectly(IoEventLoop loop, ReadBuffers buffers) {
    InetAddress address = server.getInetAddress();
    EpollConnection connection =
        new EpollConnection(
            address,
            loop,
            new SendBuffers(PooledByteBufAllocator.DEFAULT),
            buffers,
            ended::countDown);
    connection.connect(
        new InetSocketAddress(address, server.getLocalPort()),
        new EpollConnection.Opening() {
          @Override
          public void connected() {}

          @Override
          public void failed(String reason) {}
        });
  }

  private static ReadBuffers buffers(PooledByteBufAllocator allocator) {
    return new ReadBuffers(new ReusedBuffers(allocator), new Tally());
  }

  private static final class NoMemory extends PooledByteBufAllocator {
    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      throw new OutOfMemoryError("as if there were none left");
    }
  }
}
