package dev.postern.proxy.http2backend;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.DownstreamTls;
import dev.postern.ir.FilterChain;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.VirtualHost;
import dev.postern.ir.WeightedBackend;
import dev.postern.proxy.EmbeddedProxy;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.ProxyOptions;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatGroup;
import dev.postern.stats.StatStore;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A proxy with one listener, one route that takes everything, and one hop to say how.
final class Hop implements AutoCloseable {
  final int port = FreePort.next();
  final List<String> log = new CopyOnWriteArrayList<>();
  private final StatStore stats = new StatStore(1);
  private Timeouts timeouts = Timeouts.DEFAULT;
  private UpstreamProtocol protocol = new UpstreamProtocol.Http2();
  private Optional<UpstreamTls> tls = Optional.empty();
  private Optional<DownstreamTls> downstream = Optional.empty();
  private Optional<Duration> timeout = Optional.empty();
  private CircuitBreakers breakers = CircuitBreakers.DEFAULT;
  private OutlierDetection outlier = OutlierDetection.DEFAULT;
  private boolean grpc;
  private int[] backends = {};
  private EmbeddedProxy proxy;

  static Hop to(int... backends) {
    Hop hop = new Hop();
    hop.backends = backends;
    return hop;
  }

  Hop protocol(UpstreamProtocol protocol) {
    this.protocol = protocol;
    return this;
  }

  Hop tls(UpstreamTls tls) {
    this.tls = Optional.of(tls);
    return this;
  }

  Hop timeouts(Duration streamIdle) {
    this.timeouts = new Timeouts(Duration.ofSeconds(30), Duration.ofMinutes(5), streamIdle);
    return this;
  }

  /// Clients come by TLS.
  Hop https(X509Bundle identity) {
    this.downstream =
        Optional.of(
            new DownstreamTls(
                List.of(
                    new DownstreamTls.ServerCertificate(
                        "ns/test",
                        identity.getCertificatePathList(),
                        new PrivateKeyDer(identity.getKeyPair().getPrivate().getEncoded()))),
                DownstreamTls.HTTP_ALPN));
    return this;
  }

  Hop tunnelIdle(Duration tunnelIdle) {
    Duration usual = Duration.ofSeconds(30);
    this.timeouts = new Timeouts(usual, usual, usual, tunnelIdle);
    return this;
  }

  Hop timeout(Duration timeout) {
    this.timeout = Optional.of(timeout);
    return this;
  }

  Hop breakers(CircuitBreakers breakers) {
    this.breakers = breakers;
    return this;
  }

  Hop grpc() {
    this.grpc = true;
    return this;
  }

  /// Puts it into force; again after a change.
  Hop apply() {
    if (proxy == null) {
      proxy =
          new EmbeddedProxy(
              new ProxyOptions(1, Optional.of(log::add), timeouts, Limits.DEFAULT), stats);
    }
    var applied = proxy.apply(ir());
    if (!applied.listenerErrors().isEmpty()) {
      throw new IllegalStateException(applied.toString());
    }
    return this;
  }

  Hop backends(int... others) {
    this.backends = others;
    return apply();
  }

  Hop noRoute() {
    backends = null;
    return apply();
  }

  private Ir ir() {
    Cluster cluster =
        new Cluster(
            "c",
            new Discovery.Eds(),
            protocol,
            tls,
            Duration.ofSeconds(2),
            Cluster.DEFAULT_IDLE_TIMEOUT,
            breakers,
            outlier);
    WeightedBackend backend =
        new WeightedBackend(
            1,
            new WeightedBackend.Destination.ToCluster("c"),
            HeaderMutation.NONE,
            HeaderMutation.NONE);
    Route route =
        new Route(
            "r",
            RouteMatch.ANY,
            HeaderMutation.NONE,
            HeaderMutation.NONE,
            new RouteAction.Forward(List.of(backend), timeout),
            grpc);
    FilterChain chain =
        new FilterChain(
            "chain",
            List.of(),
            downstream,
            new RouteConfiguration(
                "chain",
                List.of(new VirtualHost("*", backends == null ? List.of() : List.of(route)))));
    Listener listener =
        new Listener("127.0.0.1_" + port, "127.0.0.1", port, "test", List.of(chain));
    List<LoadAssignment.Endpoint> endpoints =
        Arrays.stream(backends == null ? new int[0] : backends)
            .mapToObj(b -> new LoadAssignment.Endpoint("127.0.0.1", b))
            .toList();
    return Ir.of(
        Map.of(listener.name(), listener),
        Map.of("c", cluster),
        Map.of("c", new LoadAssignment("c", endpoints)));
  }

  /// A counter of the cluster.
  long count(dev.postern.proxy.stat.ClusterStat stat) {
    StatGroup group = stats.group("cluster.c", dev.postern.proxy.stat.ClusterStat.SCHEMA);
    return group.value(stat.ordinal());
  }

  @Override
  public void close() {
    if (proxy != null) {
      proxy.close();
    }
  }
}
