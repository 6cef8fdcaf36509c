package dev.postern.proxy.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.proxy.socket.ReadBuffers;
import dev.postern.proxy.socket.ReusedBuffers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A loop that pauses, with an echo on it.
@Timeout(30)
class CoalescingHandlerTest {
  private final AlwaysOn pausing = new AlwaysOn();
  private final LoopGauges gauges = new LoopGauges();
  private final ReusedBuffers buffers = new ReusedBuffers(PooledByteBufAllocator.DEFAULT);
  private EventLoopGroup group = null;
  private InetSocketAddress echo = null;

  @BeforeEach
  void starts() {
    assumeTrue(Epoll.isAvailable());
    group =
        new MultiThreadIoEventLoopGroup(
            1,
            loop ->
                new CoalescingHandler(
                    EpollIoHandler.newFactory().newHandler(loop), pausing, gauges));
    var bootstrap = new ServerBootstrap().group(group).channel(EpollServerSocketChannel.class);
    bootstrap.childOption(
        ChannelOption.RECVBUF_ALLOCATOR, new ReadBuffers(buffers, gauges.received()));
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
    buffers.close();
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
  void whatComesAfterPausesThatBroughtNothingIsAnswered() throws Exception {
    try (Socket client = new Socket(echo.getAddress(), echo.getPort())) {
      for (int i = 0; i < 50; i++) {
        int before = pausing.asked.get();
        while (pausing.asked.get() < before + 2) {
          group.submit(() -> {}).syncUninterruptibly(); // so that it is about to wait once more
        }
        client.getOutputStream().write(i);
        assertThat(client.getInputStream().read()).isEqualTo(i);
      }
    }
  }

  @Test
  void whatOtherThreadsWantDoneIsDone() {
    for (int i = 0; i < 200; i++) {
      int asked = i;
      assertThat(group.submit(() -> asked).syncUninterruptibly().getNow()).isEqualTo(asked);
    }
    assertThat(pausing.asked).hasPositiveValue();
  }

  @Test
  void itTellsHowTheLoopDoes() throws Exception {
    group.submit(() -> gauges.begun().add(3)).syncUninterruptibly();
    long began = System.nanoTime();
    int sent = 0;
    try (Socket client = new Socket(echo.getAddress(), echo.getPort())) {
      while (pausing.windows.size() < 3) {
        client.getOutputStream().write(new byte[100]);
        assertThat(client.getInputStream().readNBytes(100)).hasSize(100);
        sent += 100;
      }
    }
    long took = System.nanoTime() - began;
    List<LoopWindow> windows = List.copyOf(pausing.windows);
    assertThat(windows)
        .allSatisfy(window -> {
          assertThat(window.nanos()).isGreaterThanOrEqualTo(Pausing.WINDOW_NANOS);
          assertThat(window.cpuNanos()).isPositive();
          assertThat(window.share()).isLessThan(1.2);
        });
    assertThat(windows.subList(1, windows.size()))
        .as("three requests are under way")
        .allSatisfy(window -> assertThat(window.requestNanos()).isEqualTo(3 * window.nanos()));
    assertThat(windows.stream().mapToLong(LoopWindow::octets).sum()).isBetween(3L, (long) sent);
    assertThat(windows.stream().mapToLong(LoopWindow::nanos).sum()).isLessThan(2 * took);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void requestsThatComeAndGoTogetherCountInWhicheverRoundALookFalls(boolean oneRoundLater) {
    var own = new LoopGauges();
    var handler = new CoalescingHandler(new ComingAndGoing(own), pausing, own);
    IoHandlerContext loop = new Busy();
    if (oneRoundLater) {
      own.begun().add(100);
    }
    while (pausing.windows.size() < 2) {
      assertThat(handler.run(loop)).isEqualTo(1);
    }
    LoopWindow window = List.copyOf(pausing.windows).getLast();
    assertThat((double) window.requestNanos() / window.nanos()).isCloseTo(50, within(1.0));
  }

  /// In each second round a hundred requests come, in the others they are over.
  private record ComingAndGoing(LoopGauges gauges) implements IoHandler {
    @Override
    public int run(IoHandlerContext context) {
      (gauges.requestsUnderWay() == 0 ? gauges.begun() : gauges.requests()).add(100);
      return 1;
    }

    @Override
    public IoRegistration register(IoHandle handle) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void wakeup() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return false;
    }
  }

  private static final class Busy implements IoHandlerContext {
    @Override
    public boolean canBlock() {
      return false;
    }

    @Override
    public long delayNanos(long now) {
      return 0;
    }

    @Override
    public long deadlineNanos() {
      return -1;
    }
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message);
    }
  }

  /// Has the loop pause at each opportunity.
  private static final class AlwaysOn implements Pausing {
    final AtomicInteger asked = new AtomicInteger();
    final Queue<LoopWindow> windows = new ConcurrentLinkedQueue<>();

    @Override
    public long pauseNanos() {
      asked.incrementAndGet();
      return 80_000;
    }

    @Override
    public void window(LoopWindow window) {
      windows.add(window);
    }
  }
}
