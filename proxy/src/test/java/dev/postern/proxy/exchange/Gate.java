package dev.postern.proxy.exchange;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.FilterChain;
import dev.postern.ir.ForwardOptions;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.HttpFilters;
import dev.postern.ir.Ir;
import dev.postern.ir.LbPolicy;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.VirtualHost;
import dev.postern.ir.WeightedBackend;
import dev.postern.proxy.EmbeddedProxy;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.ProxyOptions;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/// A proxy with one listener and one route that takes everything, whose action and filters are to
/// be said. The cluster of its backends is `c`.
final class Gate implements AutoCloseable {
  final int port;
  final List<String> log = new CopyOnWriteArrayList<>();
  private final StatStore stats = new StatStore(1);
  private final EmbeddedProxy proxy;
  private final Map<String, Cluster> clusters = new HashMap<>();
  private final Map<String, LoadAssignment> endpoints = new HashMap<>();
  private CircuitBreakers breakers = CircuitBreakers.DEFAULT;
  private Optional<Cluster.RetryBudget> budget = Optional.empty();
  private Optional<Duration> streamIdle = Optional.empty();
  private HttpFilters filters = HttpFilters.NONE;
  private HeaderMutation responseHeaders = HeaderMutation.NONE;

  Gate() throws IOException {
    this(Timeouts.DEFAULT);
  }

  Gate(Timeouts timeouts) throws IOException {
    port = FreePort.next();
    proxy =
        new EmbeddedProxy(
            new ProxyOptions(1, Optional.of(log::add), timeouts, Limits.DEFAULT), stats);
  }

  Gate cluster(String name, UpstreamProtocol protocol, int... ports) {
    clusters.put(
        name,
        new Cluster(
            name,
            new Discovery.Eds(),
            protocol,
            Optional.empty(),
            Duration.ofSeconds(2),
            Cluster.DEFAULT_IDLE_TIMEOUT,
            streamIdle,
            breakers,
            OutlierDetection.DEFAULT,
            LbPolicy.DEFAULT,
            Optional.empty(),
            budget));
    List<LoadAssignment.Endpoint> all =
        Arrays.stream(ports).mapToObj(p -> new LoadAssignment.Endpoint("127.0.0.1", p)).toList();
    endpoints.put(name, new LoadAssignment(name, all));
    return this;
  }

  Gate to(int... ports) {
    return cluster("c", new UpstreamProtocol.Http1(), ports);
  }

  /// For clusters that are said after it.
  Gate breakers(CircuitBreakers of) {
    breakers = of;
    return this;
  }

  /// For clusters that are said after it.
  Gate budget(Cluster.RetryBudget of) {
    budget = Optional.of(of);
    return this;
  }

  /// For clusters that are said after it.
  Gate streamIdle(Duration of) {
    streamIdle = Optional.of(of);
    return this;
  }

  Gate filters(HttpFilters of) {
    filters = of;
    return this;
  }

  Gate responseHeaders(HeaderMutation of) {
    responseHeaders = of;
    return this;
  }

  Gate forward(ForwardOptions options) {
    WeightedBackend backend =
        new WeightedBackend(
            1,
            new WeightedBackend.Destination.ToCluster("c"),
            HeaderMutation.NONE,
            HeaderMutation.NONE);
    return act(new RouteAction.Forward(List.of(backend), options));
  }

  Gate act(RouteAction action) {
    Route route =
        new Route(
            "r", RouteMatch.ANY, HeaderMutation.NONE, responseHeaders, filters, action, false);
    FilterChain chain =
        new FilterChain(
            "chain",
            List.of(),
            Optional.empty(),
            new RouteConfiguration("chain", List.of(new VirtualHost("*", List.of(route)))));
    Listener listener =
        new Listener("127.0.0.1_" + port, "127.0.0.1", port, "test", List.of(chain));
    var applied = proxy.apply(Ir.of(Map.of(listener.name(), listener), clusters, endpoints));
    if (!applied.listenerErrors().isEmpty()) {
      throw new IllegalStateException(applied.toString());
    }
    return this;
  }

  long count(ClusterStat stat) {
    return count("c", stat);
  }

  long count(String cluster, ClusterStat stat) {
    return stats.group("cluster." + cluster, ClusterStat.SCHEMA).value(stat.ordinal());
  }

  long count(HttpStat stat) {
    return stats.group("http.test", HttpStat.SCHEMA).value(stat.ordinal());
  }

  /// The one line of the access log, once it is there.
  String logged() {
    await(() -> !log.isEmpty());
    return log.getFirst();
  }

  static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited for too long");
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    proxy.close();
  }
}
