package dev.postern.proxy.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutletTest {
  private static final int MANY = 20_000_000;
  private static final int RECORD = 3000;

  private final SendBuffers buffers = new SendBuffers(PooledByteBufAllocator.DEFAULT);
  private MultiThreadIoEventLoopGroup group;
  private ServerSocket server;
  private Channel channel;
  private Socket peer;

  @BeforeEach
  void connect() throws Exception {
    assumeThat(Epoll.isAvailable()).isTrue();
    group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    channel = new EpollSocketChannel(SocketProtocolFamily.INET);
    channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
    EventLoop loop = group.next();
    loop.register(channel).sync();
    channel.connect(server.getLocalSocketAddress()).sync();
    peer = server.accept();
  }

  @AfterEach
  void close() throws Exception {
    if (group != null) {
      peer.close();
      server.close();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
      buffers.close();
    }
  }

  @Test
  void whatTheSocketDoesNotTakeGoesBeforeWhatComesLater() throws Exception {
    byte[] all = new byte[MANY + 10_000];
    new SplittableRandom(3).nextBytes(all);
    onLoop(outlet -> {
      send(outlet, all, 0, MANY);
      for (int at = MANY; at < all.length; at += 1000) {
        send(outlet, all, at, at + 1000);
      }
    });
    assertThat(channel.isWritable()).as("more than a socket takes waits").isFalse();
    assertThat(Arrays.equals(peer.getInputStream().readNBytes(all.length), all)).isTrue();
  }

  @Test
  void aRecordThatTheSocketDoesNotTakeIsNotLost() throws Exception {
    SelfSigned identity = new SelfSigned();
    try (SSLSocket secured = identity.serve(peer)) {
      Thread handshake = Thread.ofVirtual().start(() -> start(secured));
      SslHandler tls = identity.trusted().newHandler(channel.alloc());
      channel.pipeline().addFirst(tls);
      tls.handshakeFuture().sync();
      handshake.join();
      AtomicInteger sent = new AtomicInteger();
      onLoop(outlet -> {
        while (channel.isWritable() && sent.get() * RECORD < MANY) {
          send(outlet, numbered(sent.getAndIncrement()), 0, RECORD);
        }
        for (int i = 0; i < 5; i++) {
          send(outlet, numbered(sent.getAndIncrement()), 0, RECORD);
        }
      });
      assertThat(channel.isWritable()).as("more than a socket takes waits").isFalse();
      for (int i = 0; i < sent.get(); i++) {
        assertThat(Arrays.equals(secured.getInputStream().readNBytes(RECORD), numbered(i)))
            .as("record %d of %d", i, sent.get())
            .isTrue();
      }
    }
  }

  @Test
  void whatWasWrittenBeforeGoesFirst() throws Exception {
    onLoop(outlet -> {
      outlet.write(channel.alloc().directBuffer().writeByte(1).writeByte(2));
      send(outlet, new byte[] {3, 4}, 0, 2);
      send(outlet, new byte[] {5}, 0, 1);
    });
    assertThat(peer.getInputStream().readNBytes(5)).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void aBufferThatWasSentIsFilledAgain() throws Exception {
    ByteBuf[] used = new ByteBuf[2];
    onLoop(outlet -> {
      for (byte i = 0; i < 2; i++) {
        used[i] = outlet.room(1).writeByte(i);
        outlet.flush();
      }
    });
    assertThat(used[1]).isSameAs(used[0]);
    assertThat(peer.getInputStream().readNBytes(2)).containsExactly(0, 1);
  }

  @Test
  void nothingIsSentToAnotherConnectionOnceThisOneIsClosed() throws Exception {
    Outlet[] made = new Outlet[1];
    onLoop(outlet -> made[0] = outlet);
    channel.close().sync();
    try (Socket next = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket other = server.accept()) {
      group
          .next()
          .submit(() -> {
            made[0].room(1).writeByte(9);
            made[0].flush();
          })
          .sync();
      next.shutdownOutput();
      other.shutdownOutput();
      assertThat(next.getInputStream().read()).isEqualTo(-1);
      assertThat(other.getInputStream().read()).isEqualTo(-1);
    }
  }

  private static byte[] numbered(int number) {
    byte[] octets = new byte[RECORD];
    Arrays.fill(octets, (byte) (number % 251));
    return octets;
  }

  private static void start(SSLSocket socket) {
    try {
      socket.startHandshake();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A server's identity and who trusts it.
  private static final class SelfSigned {
    private final X509Bundle bundle =
        new CertificateBuilder()
            .subject("CN=peer")
            .ecp256()
            .setIsCertificateAuthority(true)
            .buildSelfSigned();

    SelfSigned() throws Exception {}

    SSLSocket serve(Socket socket) throws Exception {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(bundle.toKeyManagerFactory().getKeyManagers(), null, null);
      SSLSocket secured =
          (SSLSocket) context.getSocketFactory().createSocket(socket, "peer", 1, true);
      secured.setUseClientMode(false);
      return secured;
    }

    SslContext trusted() throws Exception {
      return SslContextBuilder.forClient()
          .trustManager(bundle.getCertificate())
          .endpointIdentificationAlgorithm(null)
          .build();
    }
  }

  private interface Use {
    void of(Outlet outlet);
  }

  private void onLoop(Use use) throws Exception {
    channel.eventLoop().submit(() -> use.of(Outlet.of(channel, buffers))).sync();
  }

  private static void send(Outlet outlet, byte[] octets, int from, int to) {
    outlet.room(to - from).writeBytes(octets, from, to - from);
    outlet.flush();
  }
}
