package dev.postern.app.probe;

import dev.postern.app.probe.Heard.End;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Opens one connection for each question, to one address, one after the other, as some backends
/// serve one at a time. Time is bounded for each and for all together.
final class Dialer implements AutoCloseable {
  /// So many times the patience for one answer is what a whole probe may take.
  static final int MOST_WAITS = 10;

  private static final int LARGEST_HEAD = 16 << 10;
  private static final long GRACE_SECONDS = 5;

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final InetSocketAddress address;
  private final String peer;
  private final Duration patience;
  private final long end;

  /// @param peer the backend's name in messages
  Dialer(InetSocketAddress address, String peer, Duration patience) {
    this.address = address;
    this.peer = peer;
    this.patience = patience;
    this.end = System.nanoTime() + patience.toNanos() * MOST_WAITS;
  }

  Heard ask(Question question) {
    return talk(question, null, null);
  }

  /// Says nothing, and listens for so long once it is connected.
  Heard listen(Duration quiet) {
    var silence = new Question.Silence(quiet);
    return talk(silence, null, null);
  }

  Heard ask(Question question, TlsOffer offer) {
    LookingTls tls = new LookingTls(offer);
    return ask(question, tls, tls::newHandler);
  }

  /// A handshake by a handler of the proxy's own, verified as the proxy would. Returns why it
  /// failed.
  Optional<String> verify(HandlerSource source) {
    Heard heard = ask(Question.handshake(), new LookingTls(TlsOffer.all("")), source);
    return heard.tls().isDone() ? Optional.empty() : Optional.of(heard.trouble());
  }

  private Heard ask(Question question, LookingTls tls, HandlerSource source) {
    try {
      SslHandler handler =
          source.newHandler(
              ByteBufAllocator.DEFAULT, address.getAddress().getHostAddress(), address.getPort());
      handler.setHandshakeTimeoutMillis(patience.toMillis());
      return talk(question, tls, handler);
    } catch (SSLException e) {
      return Heard.nothing(End.FAILED, PeerText.clean(String.valueOf(e.getMessage())));
    }
  }

  /// Where the handler of a connection's TLS comes from.
  @FunctionalInterface
  interface HandlerSource {
    SslHandler newHandler(ByteBufAllocator allocator, String host, int port) throws SSLException;
  }

  private Heard talk(Question question, @Nullable LookingTls tls, @Nullable SslHandler handler) {
    long left = Math.min(patience.toNanos(), end - System.nanoTime());
    if (left <= 0) {
      return Heard.nothing(End.TIMED_OUT, "the time for the whole probe is over");
    }
    var conversation = new Conversation(question, tls, peer);
    var handlers = new ArrayList<ChannelHandler>();
    if (handler != null) {
      handlers.add(handler);
    }
    if (question instanceof Question.Http2) {
      handlers.add(http2());
      handlers.add(new Conversation.Streams());
    }
    handlers.add(conversation);
    ChannelFuture connected =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, left / 1_000_000))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    handlers.forEach(channel.pipeline()::addLast);
                  }
                })
            .connect(address);
    connected.addListener(future -> {
      if (!future.isSuccess()) {
        conversation.heard().complete(Heard.unreached(future.cause()));
      }
    });
    Channel channel = connected.channel();
    channel.eventLoop().schedule(conversation::timeOut, left, TimeUnit.NANOSECONDS);
    try {
      return conversation
          .heard()
          .get(left + TimeUnit.SECONDS.toNanos(GRACE_SECONDS), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return Heard.nothing(End.TIMED_OUT, "this machine is too busy to look in time");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Heard.nothing(End.TIMED_OUT, "the probe was stopped");
    } finally {
      channel.close();
    }
  }

  private static ChannelHandler http2() {
    return Http2FrameCodecBuilder.forClient()
        .initialSettings(
            Http2Settings.defaultSettings().pushEnabled(false).maxHeaderListSize(LARGEST_HEAD))
        .build();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
