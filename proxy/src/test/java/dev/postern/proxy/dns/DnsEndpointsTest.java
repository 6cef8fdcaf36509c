package dev.postern.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.LoadAssignment.Endpoint;
import dev.postern.proxy.dns.DnsServer.Answer;
import dev.postern.proxy.worker.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.dns.DnsRecordType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DnsEndpointsTest {
  private static final String NAME = "db.test.example";

  private final LinkedBlockingQueue<List<Endpoint>> told = new LinkedBlockingQueue<>();
  private final Transport transport = Transport.best();
  private EventLoopGroup servers;
  private EventLoopGroup group;
  private DnsServer server;
  private DnsServer second;

  @BeforeEach
  void start() {
    servers = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    group = new MultiThreadIoEventLoopGroup(1, transport.io());
    server = new DnsServer(servers);
    second = new DnsServer(servers);
    second.fail(DnsRecordType.A);
    second.fail(DnsRecordType.AAAA);
  }

  @AfterEach
  void stop() {
    server.close();
    second.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    servers.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private AutoCloseable watch(String name, String... searchDomains) {
    DnsSettings settings =
        new DnsSettings(
            List.of(server.address(), second.address()),
            Optional.of(List.of(searchDomains)),
            Duration.ofMillis(50),
            Duration.ofHours(1),
            Duration.ofMillis(100));
    return new DnsEndpoints(group.next(), transport, settings).watch(name, 5432, told::add);
  }

  @Test
  void anAddressIsItsOwnEndpointAtOnce() throws Exception {
    DnsEndpoints dns = new DnsEndpoints(group.next(), transport);
    dns.watch("192.0.2.1", 80, told::add).close();
    dns.watch("2001:DB8::0:1", 80, told::add).close();
    dns.watch("[::1]", 80, told::add).close();
    assertThat(told)
        .containsExactly(
            List.of(new Endpoint("192.0.2.1", 80)),
            List.of(new Endpoint("2001:db8::1", 80)),
            List.of(new Endpoint("::1", 80)));
  }

  @Test
  void addressesComeSortedWithThePort() throws Exception {
    server.set(NAME, new Answer("127.0.0.3", 60), new Answer("127.0.0.2", 60));
    try (AutoCloseable _ = watch(NAME)) {
      assertThat(told.take())
          .containsExactly(new Endpoint("127.0.0.2", 5432), new Endpoint("127.0.0.3", 5432));
    }
  }

  @Test
  void theTimeToLiveIsFollowedAndOnlyAChangeIsTold() throws Exception {
    server.set(NAME, new Answer("127.0.0.2", 1), new Answer("127.0.0.3", 3600));
    try (AutoCloseable _ = watch(NAME)) {
      assertThat(told.take()).hasSize(2);
      server.questions.take();
      long first = System.nanoTime();
      server.questions.take();
      assertThat(System.nanoTime() - first)
          .as("not before a second is over")
          .isGreaterThan(Duration.ofMillis(800).toNanos());
      server.set(NAME, new Answer("127.0.0.4", 1));
      assertThat(told.take()).containsExactly(new Endpoint("127.0.0.4", 5432));
      assertThat(told).isEmpty();
    }
  }

  @Test
  void theTimeToLiveOfAnAliasCountsToo() throws Exception {
    server.set(NAME, new Answer("one.test.example", 0));
    server.set("one.test.example", new Answer("127.0.0.2", 3600));
    server.set("two.test.example", new Answer("127.0.0.3", 3600));
    try (AutoCloseable _ = watch(NAME)) {
      assertThat(told.take()).containsExactly(new Endpoint("127.0.0.2", 5432));
      server.set(NAME, new Answer("two.test.example", 3600));
      assertThat(told.take()).containsExactly(new Endpoint("127.0.0.3", 5432));
    }
  }

  @Test
  void aNameThatIsGoneKeepsItsLastAddressesAndIsAskedForAgain() throws Exception {
    server.set(NAME, new Answer("127.0.0.2", 0));
    try (AutoCloseable _ = watch(NAME)) {
      assertThat(told.take()).hasSize(1);
      server.set(NAME);
      server.questions.clear();
      server.questions.take();
      server.questions.take();
      server.questions.take();
      assertThat(told).isEmpty();
      server.set(NAME, new Answer("127.0.0.3", 0));
      assertThat(told.take()).containsExactly(new Endpoint("127.0.0.3", 5432));
    }
  }

  @Test
  void aNameThatComesLaterIsFound() throws Exception {
    try (AutoCloseable _ = watch(NAME)) {
      server.questions.take();
      server.set(NAME, new Answer("127.0.0.2", 0));
      assertThat(told.take()).hasSize(1);
    }
  }

  @Test
  void searchDomainsAreTried() throws Exception {
    server.set("db.default.svc.cluster.local", new Answer("127.0.0.9", 60));
    try (AutoCloseable _ = watch("db", "default.svc.cluster.local", "cluster.local")) {
      assertThat(told.take()).containsExactly(new Endpoint("127.0.0.9", 5432));
    }
  }

  @Test
  void hostsFileIsHonoured() throws Exception {
    try (AutoCloseable _ = watch("localhost")) {
      assertThat(told.take()).contains(new Endpoint("127.0.0.1", 5432));
      assertThat(server.questions).isEmpty();
    }
  }

  @Test
  void aFamilyWithoutAnAnswerKeepsItsLastAddressesAndIsAskedForAgain() throws Exception {
    keepsItsLastAddresses(() -> server.fail(DnsRecordType.A));
  }

  @Test
  void aFamilyWhoseQueryIsLostKeepsItsLastAddressesAndIsAskedForAgain() throws Exception {
    keepsItsLastAddresses(() -> server.lose(DnsRecordType.A));
  }

  private void keepsItsLastAddresses(Runnable trouble) throws Exception {
    server.set(NAME, new Answer("127.0.0.2", 0), new Answer("fd00::2", 0));
    try (AutoCloseable _ = watch(NAME)) {
      awaitBothFamilies();
      trouble.run();
      server.set(NAME, new Answer("127.0.0.4", 3600), new Answer("fd00::3", 3600));
      assertThat(told.take())
          .containsExactly(new Endpoint("127.0.0.2", 5432), new Endpoint("fd00::3", 5432));
      server.recover();
      assertThat(told.take())
          .containsExactly(new Endpoint("127.0.0.4", 5432), new Endpoint("fd00::3", 5432));
    }
  }

  @Test
  void aFamilyThatTheNameHasNoMoreIsDropped() throws Exception {
    server.set(NAME, new Answer("127.0.0.2", 0), new Answer("fd00::2", 0));
    try (AutoCloseable _ = watch(NAME)) {
      awaitBothFamilies();
      server.set(NAME, new Answer("fd00::2", 0));
      assertThat(told.take()).containsExactly(new Endpoint("fd00::2", 5432));
    }
  }

  @Test
  void whereOneServerFailsTheAnswerOfTheNextCounts() throws Exception {
    server.set(NAME, new Answer("127.0.0.2", 0), new Answer("fd00::2", 0));
    try (AutoCloseable _ = watch(NAME)) {
      awaitBothFamilies();
      second.set(NAME, new Answer("127.0.0.2", 0));
      second.recover();
      server.fail(DnsRecordType.AAAA);
      assertThat(told.poll(20, TimeUnit.SECONDS)).containsExactly(new Endpoint("127.0.0.2", 5432));
    }
  }

  private void awaitBothFamilies() throws InterruptedException {
    List<Endpoint> first = told.take();
    Assumptions.assumeTrue(first.size() == 2, "no IPv6 here");
    assertThat(first)
        .containsExactly(new Endpoint("127.0.0.2", 5432), new Endpoint("fd00::2", 5432));
  }

  @Test
  void nothingIsToldOrAskedOnceItIsClosed() throws Exception {
    server.set(NAME, new Answer("127.0.0.2", 0));
    AutoCloseable watch = watch(NAME);
    told.take();
    watch.close();
    // The loop has done what it had to do.
    group.next().submit(() -> {}).sync();
    server.questions.clear();
    told.clear();
    assertThat(server.questions.poll(500, TimeUnit.MILLISECONDS)).isNull();
    assertThat(told).isEmpty();
  }
}
