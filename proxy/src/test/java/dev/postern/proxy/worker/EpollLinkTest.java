package dev.postern.proxy.worker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.socket.ReadBuffers;
import dev.postern.proxy.socket.ReusedBuffers;
import dev.postern.proxy.socket.Tally;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Connections hear of all that comes and of room to write, as with Netty's own epoll.
@EnabledOnOs(OS.LINUX)
@ParameterizedClass
@EnumSource(EpollLinkTest.Way.class)
class EpollLinkTest {
  private static final int READ = 16;
  private static final byte[] SOME = new byte[READ * 1000];

  /// How octets get from the socket to the channel's handlers.
  enum Way {
    NETTY(READ) {
      @Override
      RecvByteBufAllocator buffers() {
        return new FixedRecvByteBufAllocator(READ).maxMessagesPerRead(2);
      }
    },
    DIRECT(2048) {
      @Override
      RecvByteBufAllocator buffers() {
        return new ReadBuffers(new ReusedBuffers(PooledByteBufAllocator.DEFAULT), new Tally());
      }
    };

    /// So much the first read gets at most.
    final int firstRead;

    Way(int firstRead) {
      this.firstRead = firstRead;
    }

    abstract RecvByteBufAllocator buffers();
  }

  @Parameter private Way way;

  /// More than what is read in one turn.
  private byte[] much;

  @BeforeEach
  void begin() {
    much = way == Way.NETTY ? SOME : new byte[4_000_000];
  }

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollHandler.newFactory());

  @AfterEach
  void end() throws Exception {
    group.shutdownGracefully(0, 1, SECONDS).sync();
  }

  /// What a reader does after each read.
  private enum Manner {
    READS_ON(_ -> {}),
    PAUSES_FOR_A_MOMENT(channel -> {
      channel.config().setAutoRead(false);
      channel.config().setAutoRead(true);
    }),
    PAUSES_UNTIL_LATER_IN_THE_TURN(channel -> {
      channel.config().setAutoRead(false);
      channel.eventLoop().execute(() -> channel.config().setAutoRead(true));
    }),
    PAUSES_FOR_A_TURN(channel -> {
      channel.config().setAutoRead(false);
      channel.eventLoop().schedule(() -> channel.config().setAutoRead(true), 1, MICROSECONDS);
    }),
    ASKS_FOR_EACH_READ(channel -> {
      channel.config().setAutoRead(false);
      channel.read();
    }),
    ASKS_LATER_FOR_EACH_READ(channel -> {
      channel.config().setAutoRead(false);
      channel.eventLoop().execute(channel::read);
    });

    final Consumer<Channel> afterRead;

    Manner(Consumer<Channel> afterRead) {
      this.afterRead = afterRead;
    }
  }

  /// The peer says nothing after it, so nothing else would wake the reader up.
  @ParameterizedTest
  @EnumSource
  void whatCameAtOnceIsReadToItsEnd(Manner manner) throws Exception {
    try (Socket peer = new Socket()) {
      Reader reader = new Reader(manner, much.length);
      connect(peer, reader);
      peer.getOutputStream().write(much);
      reader.all.get(10, SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theEndIsHeardThatCameWithTheLast(Manner manner) throws Exception {
    try (Socket peer = new Socket()) {
      Reader reader = new Reader(manner, much.length);
      connect(peer, reader);
      peer.getOutputStream().write(much);
      peer.shutdownOutput();
      reader.all.get(10, SECONDS);
      assertThat(reader.end.await(10, SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResetIsHeard(Manner manner) throws Exception {
    Reader reader = new Reader(manner, 1);
    try (Socket peer = new Socket()) {
      connect(peer, reader);
      peer.getOutputStream().write(1);
      reader.all.get(10, SECONDS);
      peer.setSoLinger(true, 0);
    }
    assertThat(reader.end.await(10, SECONDS)).isTrue();
  }

  /// The system tells it once, of a read; after that it would look like an end.
  @Test
  void aResetThatComesWhileOneReadsIsNoEnd() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch reset = new CountDownLatch(1);
    List<String> heard = new ArrayList<>();
    CompletableFuture<List<String>> told = new CompletableFuture<>();
    try (Socket peer = new Socket()) {
      connect(
          peer,
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
              ((ByteBuf) message).release();
              heard.add("octets");
              reading.countDown();
              awaitUninterruptibly(reset);
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
              heard.add("all that was there");
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
              heard.add(cause instanceof IOException ? "a reset" : cause.toString());
              told.complete(List.copyOf(heard));
            }
          });
      peer.getOutputStream().write(new byte[way.firstRead]);
      reading.await();
      peer.setSoLinger(true, 0);
    }
    reset.countDown();
    assertThat(told.get(10, SECONDS)).containsExactly("octets", "all that was there", "a reset");
  }

  @Test
  void aFaultOfWhoReadsIsToldAndEndsNothing() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (Socket peer = new Socket()) {
      connect(
          peer,
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
              byte octet = ((ByteBuf) message).getByte(0);
              ((ByteBuf) message).release();
              throw new IllegalStateException(Character.toString(octet));
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
              heard.add(String.valueOf(cause.getMessage()));
            }
          });
      peer.getOutputStream().write('a');
      assertThat(heard.poll(10, SECONDS)).isEqualTo("a");
      peer.getOutputStream().write('b');
      assertThat(heard.poll(10, SECONDS)).isEqualTo("b");
    }
  }

  @Test
  void behindAHandlerThatOnlyWritesTheSameIsHeard() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    CountDownLatch complete = new CountDownLatch(1);
    try (Socket peer = new Socket()) {
      connect(
          peer,
          new ChannelInboundHandlerAdapter() {
            @Override
            public void handlerAdded(ChannelHandlerContext ctx) {
              ctx.pipeline().addFirst(new ChannelOutboundHandlerAdapter());
            }

            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
              ((ByteBuf) message).release();
              read.countDown();
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
              complete.countDown();
            }
          });
      peer.getOutputStream().write(1);
      assertThat(read.await(10, SECONDS)).isTrue();
      assertThat(complete.await(10, SECONDS)).isTrue();
    }
  }

  /// It is there before the channel knows that it is connected, and nothing comes after it.
  @ParameterizedTest
  @EnumSource
  void aServerThatSpeaksFirstIsHeard(Manner manner) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Reader reader = new Reader(manner, SOME.length);
      Channel client = client(reader).register().sync().channel();
      CountDownLatch spoken = new CountDownLatch(1);
      client
          .eventLoop()
          .execute(() -> {
            client.connect(server.getLocalSocketAddress());
            awaitUninterruptibly(spoken);
          });
      try (Socket peer = server.accept()) {
        peer.getOutputStream().write(SOME);
        spoken.countDown();
        reader.all.get(10, SECONDS);
        peer.shutdownOutput();
        assertThat(reader.end.await(10, SECONDS)).isTrue();
      }
    }
  }

  /// It is there before the channel knows that it is connected.
  @Test
  void whatCameWhileNobodyWantedToReadIsReadLater() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Reader reader = new Reader(Manner.READS_ON, SOME.length);
      Channel client =
          client(reader).option(ChannelOption.AUTO_READ, false).register().sync().channel();
      CountDownLatch spoken = new CountDownLatch(1);
      CountDownLatch connected = new CountDownLatch(1);
      client
          .eventLoop()
          .execute(() -> {
            client.connect(server.getLocalSocketAddress()).addListener(_ -> connected.countDown());
            awaitUninterruptibly(spoken);
          });
      try (Socket peer = server.accept()) {
        peer.getOutputStream().write(SOME);
        spoken.countDown();
        connected.await();
        // Two turns of the loop, in which the system tells all that it has to.
        for (int i = 0; i < 2; i++) {
          client.eventLoop().schedule(() -> {}, 1, MICROSECONDS).sync();
        }
        assertThat(reader.missing).isEqualTo(SOME.length);
        client.config().setAutoRead(true);
        reader.all.get(10, SECONDS);
      }
    }
  }

  @Test
  void whoIsRefusedHearsOfIt() throws Exception {
    SocketAddress nobody;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = server.getLocalSocketAddress();
    }
    var refused = client(new ChannelInboundHandlerAdapter()).connect(nobody).await();
    assertThat(refused.cause()).isInstanceOf(ConnectException.class);
    assertThat(refused.channel().closeFuture().await(10, SECONDS)).isTrue();
  }

  /// RFC 9293, section 3.8.5: a read ends before what is urgent, of which Netty knows nothing.
  @Test
  void whatComesBehindUrgentDataIsRead() throws Exception {
    try (Socket peer = new Socket()) {
      Reader reader = new Reader(Manner.READS_ON, "abcdef".length());
      CountDownLatch go = new CountDownLatch(1);
      connect(peer, reader);
      group.next().execute(() -> awaitUninterruptibly(go));
      peer.getOutputStream().write("abc".getBytes(US_ASCII));
      peer.sendUrgentData('!');
      peer.getOutputStream().write("def".getBytes(US_ASCII));
      go.countDown();
      reader.all.get(10, SECONDS);
    }
  }

  /// More than the socket takes: the writer waits for room, again and again.
  @Test
  void whatIsWrittenArrivesAtAReaderThatIsSlow() throws Exception {
    int length = 64 << 20;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Channel writer =
          client(new ChannelInboundHandlerAdapter())
              .connect(server.getLocalSocketAddress())
              .sync()
              .channel();
      try (Socket peer = server.accept()) {
        writer.writeAndFlush(Unpooled.wrappedBuffer(new byte[length]));
        InputStream in = peer.getInputStream();
        in.skipNBytes(length);
        writer.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7}));
        assertThat(in.read()).isEqualTo(7);
        writer.close().sync();
        assertThat(in.read()).isEqualTo(-1);
      }
    }
  }

  /// One after the other, each as soon as the one before has come back.
  @Test
  void everyQuestionIsAnswered() throws Exception {
    try (Socket peer = new Socket()) {
      connect(
          peer,
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
              ctx.writeAndFlush(message);
            }
          });
      peer.setSoTimeout(10_000);
      InputStream in = peer.getInputStream();
      OutputStream out = peer.getOutputStream();
      for (int length = 1; length <= 4 * READ; length++) {
        for (int i = 0; i < 20; i++) {
          out.write(new byte[length]);
          assertThat(in.readNBytes(length)).hasSize(length);
        }
      }
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Bootstrap client(ChannelInboundHandlerAdapter handler) {
    return new Bootstrap()
        .group(group)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .option(ChannelOption.RECVBUF_ALLOCATOR, way.buffers())
        .handler(handler);
  }

  private void connect(Socket peer, ChannelInboundHandlerAdapter handler) throws Exception {
    Channel server =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerSocketChannel.class)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, way.buffers())
            .childHandler(handler)
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    peer.setTcpNoDelay(true);
    peer.connect(server.localAddress());
  }

  private static final class Reader extends ChannelInboundHandlerAdapter {
    final CompletableFuture<Void> all = new CompletableFuture<>();
    final CountDownLatch end = new CountDownLatch(1);
    private final Manner manner;
    private volatile int missing;

    Reader(Manner manner, int expected) {
      this.manner = manner;
      this.missing = expected;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf octets = (ByteBuf) message;
      missing -= octets.readableBytes();
      octets.release();
      if (missing == 0) {
        all.complete(null);
      }
      manner.afterRead.accept(ctx.channel());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownReadComplete) {
        end.countDown();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      end.countDown();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      end.countDown();
    }
  }
}
