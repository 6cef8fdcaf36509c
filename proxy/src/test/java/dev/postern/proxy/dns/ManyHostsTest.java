package dev.postern.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.Ir;
import dev.postern.ir.LoadAssignment.Endpoint;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.dns.DnsServer.Answer;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.upstream.ClusterRegistry;
import dev.postern.proxy.upstream.HostHealth;
import dev.postern.proxy.upstream.NettyConnector;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ManyHostsTest {
  private final EventLoopGroup servers =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final DnsServer server = new DnsServer(servers);
  private final Workers workers = new Workers(1, Timeouts.DEFAULT, Limits.DEFAULT);
  private final Worker worker = workers.all().getFirst();
  private final ClusterRegistry registry =
      new ClusterRegistry(
          workers,
          new StatStore(1),
          new NettyConnector(
              workers.transport(),
              _ -> {
                throw new UnsupportedOperationException();
              }),
          new UpstreamTlsContexts(InstantSource.system()),
          new DnsEndpoints(
              worker.loop(),
              workers.transport(),
              new DnsSettings(
                  List.of(server.address()),
                  Optional.of(List.of()),
                  Duration.ofMillis(50),
                  Duration.ofHours(1),
                  Duration.ofMillis(100))));

  @AfterEach
  void stop() {
    registry.close();
    workers.close();
    server.close();
    servers.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void namesAndAddressesAreEndpointsOfOneCluster() {
    server.set("a.test.example", new Answer("127.0.0.2", 60), new Answer("127.0.0.3", 60));
    server.set("b.test.example", new Answer("127.0.0.3", 60));
    serve(host("a.test.example", 80), host("b.test.example", 81), host("::1", 82));
    endpointsBecome(
        new Endpoint("127.0.0.2", 80),
        new Endpoint("127.0.0.3", 80),
        new Endpoint("127.0.0.3", 81),
        new Endpoint("::1", 82));
  }

  @Test
  void anAddressThatTwoNamesHaveIsOneEndpoint() {
    server.set("a.test.example", new Answer("127.0.0.2", 60));
    server.set("b.test.example", new Answer("127.0.0.2", 60), new Answer("127.0.0.3", 60));
    serve(host("a.test.example", 80), host("b.test.example", 80));
    endpointsBecome(new Endpoint("127.0.0.2", 80), new Endpoint("127.0.0.3", 80));
  }

  @Test
  void aHostThatIsNotFoundHarmsNoneOfTheOthersAndIsAskedForAgain() {
    server.set("a.test.example", new Answer("127.0.0.2", 60));
    serve(host("gone.test.example", 80), host("a.test.example", 80));
    endpointsBecome(new Endpoint("127.0.0.2", 80));
    server.set("gone.test.example", new Answer("127.0.0.9", 60));
    endpointsBecome(new Endpoint("127.0.0.9", 80), new Endpoint("127.0.0.2", 80));
  }

  @Test
  void eachNameIsAskedForAgainByItsOwnTimeToLive() {
    server.set("a.test.example", new Answer("127.0.0.2", 0));
    server.set("b.test.example", new Answer("127.0.0.3", 3600));
    serve(host("a.test.example", 80), host("b.test.example", 80));
    endpointsBecome(new Endpoint("127.0.0.2", 80), new Endpoint("127.0.0.3", 80));
    server.set("a.test.example", new Answer("127.0.0.4", 0));
    server.set("b.test.example", new Answer("127.0.0.5", 0));
    endpointsBecome(new Endpoint("127.0.0.4", 80), new Endpoint("127.0.0.3", 80));
  }

  @Test
  void hostsThatStayAreKnownWhileAnotherComes() {
    server.set("a.test.example", new Answer("127.0.0.2", 3600));
    serve(host("a.test.example", 80));
    endpointsBecome(new Endpoint("127.0.0.2", 80));
    serve(host("a.test.example", 80), host("b.test.example", 80));
    assertThat(endpoints()).containsExactly(new Endpoint("127.0.0.2", 80));
    server.set("b.test.example", new Answer("127.0.0.3", 3600));
    endpointsBecome(new Endpoint("127.0.0.2", 80), new Endpoint("127.0.0.3", 80));
    serve(host("b.test.example", 80));
    assertThat(endpoints()).containsExactly(new Endpoint("127.0.0.3", 80));
  }

  @Test
  void theNameByWhichAnEndpointIsVerifiedStaysWithItsAddresses() {
    server.set("a.test.example", new Answer("127.0.0.2", 60));
    server.set("b.test.example", new Answer("127.0.0.2", 60));
    serve(
        new Endpoint("a.test.example", 443, Optional.of("a.test.example")),
        new Endpoint("b.test.example", 443, Optional.of("www.test.example")));
    endpointsBecome(
        new Endpoint("127.0.0.2", 443, Optional.of("a.test.example")),
        new Endpoint("127.0.0.2", 443, Optional.of("www.test.example")));
  }

  private static Endpoint host(String name, int port) {
    return new Endpoint(name, port);
  }

  private void serve(Endpoint... hosts) {
    Cluster cluster =
        new Cluster(
            "c",
            new Discovery.StrictDns(List.of(hosts)),
            new UpstreamProtocol.Http1(),
            Optional.empty(),
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Cluster.DEFAULT_IDLE_TIMEOUT,
            CircuitBreakers.DEFAULT,
            OutlierDetection.DEFAULT);
    registry.update(Ir.of(Map.of(), Map.of("c", cluster), Map.of()));
  }

  private List<Endpoint> endpoints() {
    return registry.entry("c").hosts().stream().map(HostHealth::where).toList();
  }

  private void endpointsBecome(Endpoint... expected) {
    await().untilAsserted(() -> assertThat(endpoints()).containsExactly(expected));
  }
}
