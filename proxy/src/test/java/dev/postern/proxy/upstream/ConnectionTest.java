package dev.postern.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.postern.proxy.FreePort;
import dev.postern.proxy.socket.Connection;
import dev.postern.proxy.socket.ConnectionListener;
import dev.postern.proxy.socket.EpollConnection;
import dev.postern.proxy.socket.Outlet;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Transport;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.SocketChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whatever carries it, a connection does the same.
class ConnectionTest {
  private static final int MANY = 20_000_000;

  enum Carrier {
    EPOLL,
    EPOLL_CHANNEL,
    JDK_CHANNEL;

    Transport transport() {
      return this == JDK_CHANNEL ? Transport.jdk() : Transport.best();
    }
  }

  private ServerSocket server;
  private Workers workers;
  private Worker worker;
  private final Heard heard = new Heard();
  private final AtomicInteger ended = new AtomicInteger();

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    if (workers != null) {
      workers.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenArrivesInOrderHoweverSlowThePeer(Carrier carrier) throws Exception {
    byte[] all = new byte[MANY];
    new SplittableRandom(7).nextBytes(all);
    Connection connection = open(carrier);
    try (Socket peer = server.accept()) {
      onLoop(() -> {
        SplittableRandom random = new SplittableRandom(11);
        int at = 0;
        while (at < MANY) {
          int length = Math.min(MANY - at, random.nextInt(1, 100_000));
          if (length < 3000) {
            connection.outlet().room(length).writeBytes(all, at, length);
          } else {
            connection.outlet().write(part(all, at, length, random));
          }
          if (random.nextInt(3) == 0) {
            connection.outlet().flush();
          }
          at += length;
        }
        connection.outlet().flush();
      });
      assertThat(onLoop(connection::isWritable)).as("more than a socket takes waits").isFalse();
      assertThat(Arrays.equals(peer.getInputStream().readNBytes(MANY), all)).isTrue();
      await().until(() -> heard.events.contains("writable"));
      assertThat(onLoop(connection::isWritable)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoHadTooMuchToSendMayWriteAgainOnceItIsSent(Carrier carrier) throws Exception {
    Connection connection = open(carrier);
    try (Socket peer = server.accept()) {
      onLoop(() -> {
        connection.outlet().write(Unpooled.directBuffer().writeZero(600_000));
        assertThat(connection.isWritable()).isFalse();
        connection.outlet().flush();
      });
      assertThat(peer.getInputStream().readNBytes(600_000)).hasSize(600_000);
      await().until(() -> heard.events.contains("writable"));
      assertThat(onLoop(connection::isWritable)).isTrue();
    }
  }

  private static ByteBuf part(byte[] all, int at, int length, SplittableRandom random) {
    ByteBuf heap = Unpooled.wrappedBuffer(all, at, length);
    return switch (random.nextInt(3)) {
      case 0 -> heap;
      case 1 ->
          Unpooled.wrappedBuffer(
              Unpooled.directBuffer().writeBytes(all, at, length / 2),
              Unpooled.directBuffer().writeBytes(all, at + length / 2, length - length / 2));
      default -> Unpooled.directBuffer(length).writeBytes(heap);
    };
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsReadUntilItIsWantedAndTheEndComesLast(Carrier carrier) throws Exception {
    byte[] all = new byte[2_000_000];
    new SplittableRandom(5).nextBytes(all);
    Connection connection = open(carrier);
    try (Socket peer = server.accept()) {
      peer.getOutputStream().write(1);
      await().until(() -> heard.octets() == 1);
      onLoop(() -> connection.read(false));
      peer.getOutputStream().write(all, 0, 1000);
      // It is there by now: a round of the loop would read it.
      onLoop(() -> {});
      assertThat(onLoop(heard::octets)).isEqualTo(1);
      Thread.ofVirtual().start(() -> writeAndEnd(peer, all));
      onLoop(() -> connection.read(true));
      await().until(() -> heard.events.contains("closed"));
    }
    assertThat(heard.octets()).isEqualTo(1 + all.length);
    assertThat(Arrays.equals(heard.all.toByteArray(), 1, 1 + all.length, all, 0, all.length))
        .isTrue();
    assertThat(heard.events).last().isEqualTo("closed");
    assertThat(ended).hasValue(1);
    assertThat(onLoop(connection::isActive)).isFalse();
  }

  private static void writeAndEnd(Socket peer, byte[] all) {
    try {
      peer.getOutputStream().write(all, 1000, all.length - 1000);
      peer.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// As a server that refuses an upload: it answers and closes, which resets the connection.
  @ParameterizedTest
  @EnumSource
  void whatThePeerSaidBeforeItTookNoMoreIsHeard(Carrier carrier) throws Exception {
    Connection connection = open(carrier);
    try (Socket peer = server.accept()) {
      onLoop(() -> connection.read(false));
      write(connection, 1);
      await().until(() -> peer.getInputStream().available() == 1);
      peer.getOutputStream().write(new byte[] {1, 2, 3});
      peer.shutdownOutput();
    }
    // The peer is reset by what it has not read: the system says so to who writes.
    await()
        .pollInterval(5, TimeUnit.MILLISECONDS)
        .until(() -> {
          write(connection, 1);
          // Or the end was read by then, of which Netty's epoll does not wait to be asked.
          return heard.events.stream().anyMatch(e -> e.startsWith("output lost"))
              || heard.events.contains("closed");
        });
    assertThat(onLoop(connection::isWritable)).isFalse();
    onLoop(() -> connection.read(true));
    await().until(() -> heard.events.contains("closed"));
    assertThat(heard.octets()).isEqualTo(3);
    assertThat(ended).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  void aResetIsNoEnd(Carrier carrier) throws Exception {
    open(carrier);
    try (Socket peer = server.accept()) {
      peer.setSoLinger(true, 0);
    }
    await().until(() -> heard.events.contains("closed"));
    assertThat(heard.events).anyMatch(e -> e.startsWith("broken"));
    assertThat(ended).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  void whoClosesItIsToldOnce(Carrier carrier) throws Exception {
    Connection connection = open(carrier);
    try (Socket peer = server.accept()) {
      write(connection, 5);
      onLoop(connection::close);
      onLoop(connection::close);
      assertThat(peer.getInputStream().readAllBytes()).hasSize(5);
      await().until(() -> heard.events.contains("closed"));
      write(connection, 5);
    }
    assertThat(heard.events).containsOnlyOnce("closed");
    assertThat(ended).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource(names = "EPOLL")
  void nobodyThere(Carrier carrier) throws Exception {
    start(carrier);
    CompletableFuture<String> answer = new CompletableFuture<>();
    connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.next()), answer);
    assertThat(answer.get(10, TimeUnit.SECONDS)).contains("Connection refused");
    assertThat(ended).hasValue(1);
  }

  private void write(Connection connection, int octets) throws Exception {
    onLoop(() -> {
      connection.outlet().room(octets).writeZero(octets);
      connection.outlet().flush();
    });
  }

  private void start(Carrier carrier) {
    if (carrier != Carrier.JDK_CHANNEL) {
      assumeThat(Epoll.isAvailable()).isTrue();
    }
    workers = new Workers(1, Timeouts.DEFAULT, Limits.DEFAULT, carrier.transport());
    worker = workers.all().getFirst();
  }

  private Connection open(Carrier carrier) throws Exception {
    start(carrier);
    InetSocketAddress to = (InetSocketAddress) server.getLocalSocketAddress();
    if (carrier == Carrier.EPOLL) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      Connection connection = connect(to, answer);
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("connected");
      return connection;
    }
    SocketChannel channel = carrier.transport().newClient(to.getAddress());
    channel.config().setRecvByteBufAllocator(worker.readBuffers());
    channel.config().setWriteBufferWaterMark(Outlet.WATER_MARK);
    channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
    channel.closeFuture().addListener(_ -> ended.incrementAndGet());
    worker.loop().register(channel).sync();
    channel.connect(to).sync();
    return onLoop(() -> {
      ChannelConnection connection = ChannelConnection.on(channel, worker.sendBuffers());
      connection.listener(heard);
      return connection;
    });
  }

  private EpollConnection connect(InetSocketAddress to, CompletableFuture<String> answer)
      throws Exception {
    return onLoop(() -> {
      EpollConnection connection =
          new EpollConnection(
              to.getAddress(),
              (IoEventLoop) worker.loop(),
              worker.sendBuffers(),
              worker.readBuffers(),
              ended::incrementAndGet);
      connection.connect(
          to,
          new EpollConnection.Opening() {
            @Override
            public void connected() {
              connection.listener(heard);
              answer.complete("connected");
            }

            @Override
            public void failed(String reason) {
              answer.complete(reason);
            }
          });
      return connection;
    });
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return worker.loop().submit(task).get(20, TimeUnit.SECONDS);
  }

  private void onLoop(Runnable task) throws Exception {
    worker.loop().submit(task).get(20, TimeUnit.SECONDS);
  }

  private static final class Heard implements ConnectionListener {
    final ByteArrayOutputStream all = new ByteArrayOutputStream();
    final List<String> events = new CopyOnWriteArrayList<>();

    int octets() {
      return all.size();
    }

    @Override
    public void received(ByteBuf data) {
      byte[] octets = new byte[data.readableBytes()];
      data.readBytes(octets).release();
      all.writeBytes(octets);
    }

    @Override
    public void receivedAll() {}

    @Override
    public void becameWritable() {
      events.add("writable");
    }

    @Override
    public void outputLost(String reason) {
      events.add("output lost: " + reason);
    }

    @Override
    public void broken(Throwable cause) {
      events.add("broken: " + cause.getMessage());
    }

    @Override
    public void closed() {
      events.add("closed");
    }
  }
}
