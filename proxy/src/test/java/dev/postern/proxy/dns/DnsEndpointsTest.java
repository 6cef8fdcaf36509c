package dev.postern.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.LoadAssignment.Endpoint;
import dev.postern.proxy.worker.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DnsEndpointsTest {
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final SmallDnsServer server = new SmallDnsServer(loop);
  private final DnsEndpoints dns =
      new DnsEndpoints(
          loop,
          new Transport(
              NioIoHandler.newFactory(),
              NioServerSocketChannel.class,
              NioSocketChannel.class,
              NioDatagramChannel.class),
          new SingletonDnsServerAddressStreamProvider(server.address()));
  private final LinkedBlockingQueue<List<Endpoint>> changes = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    server.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void allAddressesOfANameAreEndpoints() throws Exception {
    server.answer(60, "127.0.0.3", "127.0.0.2");
    try (AutoCloseable _ = dns.watch("backend.test", 8080, changes::add)) {
      assertThat(next())
          .containsExactly(new Endpoint("127.0.0.2", 8080), new Endpoint("127.0.0.3", 8080));
    }
  }

  @Test
  void aChangeIsSeenWhenTheTimeToLiveIsOver() throws Exception {
    server.answer(1, "127.0.0.2");
    try (AutoCloseable _ = dns.watch("backend.test", 80, changes::add)) {
      assertThat(next()).containsExactly(new Endpoint("127.0.0.2", 80));
      server.answer(1, "127.0.0.9");
      assertThat(next()).containsExactly(new Endpoint("127.0.0.9", 80));
    }
  }

  @Test
  void aLongTimeToLiveIsNotCutShort() throws Exception {
    server.answer(1, "127.0.0.2");
    try (AutoCloseable _ = dns.watch("backend.test", 80, changes::add)) {
      assertThat(next()).hasSize(1);
      server.answer(3_000, "127.0.0.9");
      assertThat(next()).containsExactly(new Endpoint("127.0.0.9", 80));
      int asked = server.questions.get();
      server.answer(3_000, "127.0.0.5");
      assertThat(changes.poll(2, TimeUnit.SECONDS)).isNull();
      assertThat(server.questions).hasValue(asked);
    }
  }

  @Test
  void aNameThatIsGoneKeepsItsLastEndpoints() throws Exception {
    server.answer(1, "127.0.0.2");
    try (AutoCloseable _ = dns.watch("backend.test", 80, changes::add)) {
      assertThat(next()).hasSize(1);
      server.answer(1);
      assertThat(changes.poll(2, TimeUnit.SECONDS)).isNull();
    }
  }

  @Test
  void anAddressIsItsOwnEndpointAtOnce() throws Exception {
    try (AutoCloseable _ = dns.watch("::1", 80, changes::add)) {
      assertThat(changes.poll()).containsExactly(new Endpoint("::1", 80));
    }
  }

  private List<Endpoint> next() throws InterruptedException {
    List<Endpoint> found = changes.poll(20, TimeUnit.SECONDS);
    assertThat(found).isNotNull();
    return found;
  }
}
