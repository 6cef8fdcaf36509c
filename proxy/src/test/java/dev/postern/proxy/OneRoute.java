package dev.postern.proxy;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.FilterChain;
import dev.postern.ir.ForwardOptions;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.VirtualHost;
import dev.postern.ir.WeightedBackend;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The smallest ir: one listener, one route that takes everything, one cluster.
record OneRoute(
    int port,
    Optional<UpstreamTls> tls,
    List<Integer> backends,
    HeaderMutation request,
    ForwardOptions options) {

  OneRoute(int port, Optional<UpstreamTls> tls, List<Integer> backends, HeaderMutation request) {
    this(port, tls, backends, request, ForwardOptions.NONE);
  }

  static OneRoute to(int... backends) {
    return new OneRoute(
        FreePort.next(),
        Optional.empty(),
        Arrays.stream(backends).boxed().toList(),
        HeaderMutation.NONE,
        ForwardOptions.NONE);
  }

  OneRoute with(Optional<UpstreamTls> otherTls) {
    return new OneRoute(port, otherTls, backends, request, options);
  }

  OneRoute with(List<Integer> otherBackends) {
    return new OneRoute(port, tls, otherBackends, request, options);
  }

  OneRoute with(HeaderMutation otherRequest) {
    return new OneRoute(port, tls, backends, otherRequest, options);
  }

  OneRoute with(ForwardOptions otherOptions) {
    return new OneRoute(port, tls, backends, request, otherOptions);
  }

  Ir ir() {
    Cluster cluster =
        new Cluster(
            "c",
            new Discovery.Eds(),
            new UpstreamProtocol.Http1(),
            tls,
            Duration.ofSeconds(2),
            Cluster.DEFAULT_IDLE_TIMEOUT,
            CircuitBreakers.DEFAULT,
            OutlierDetection.DEFAULT);
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
            request,
            HeaderMutation.NONE,
            new RouteAction.Forward(List.of(backend), options));
    FilterChain chain =
        new FilterChain(
            "chain",
            List.of(),
            Optional.empty(),
            new RouteConfiguration("chain", List.of(new VirtualHost("*", List.of(route)))));
    Listener listener =
        new Listener("127.0.0.1_" + port, "127.0.0.1", port, "test", List.of(chain));
    List<LoadAssignment.Endpoint> endpoints =
        backends.stream().map(b -> new LoadAssignment.Endpoint("127.0.0.1", b)).toList();
    return Ir.of(
        Map.of(listener.name(), listener),
        Map.of("c", cluster),
        Map.of("c", new LoadAssignment("c", endpoints)));
  }
}
