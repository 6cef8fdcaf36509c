package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.ByteRoutes;
import dev.postern.gatewayapi.resolve.HostKey;
import dev.postern.gatewayapi.resolve.JudgedGateway;
import dev.postern.gatewayapi.resolve.JudgedRoute;
import dev.postern.gatewayapi.resolve.JudgedRoute.Destination;
import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.NetworkFilter;
import dev.postern.ir.NetworkFilter.WeightedCluster;
import java.util.List;

/// Where the octets or datagrams of a listener go, for one host of it.
final class ByteLowering {
  private final ByteRoutes routes;
  private final Query<At, List<WeightedCluster>> clusters;

  ByteLowering(Memo memo, ByteRoutes routes) {
    this.routes = routes;
    clusters = memo.query(this::clusters);
  }

  private record At(HostKey host, RouteKind kind) {}

  /// Without a route nothing gets through.
  NetworkFilter filter(ObjectRef gateway, JudgedGateway.Listener listener, String host) {
    RouteKind kind = listener.bytes();
    List<WeightedCluster> found =
        clusters.get(new At(new HostKey(listener.key(gateway), host), kind));
    return kind == RouteKind.DATAGRAMS
        ? new NetworkFilter.UdpProxy(found)
        : new NetworkFilter.TcpProxy(found);
  }

  /// A rule takes everything, so that the first of several is the only one.
  private List<WeightedCluster> clusters(At at) {
    return routes.at(at.host(), at.kind()).stream()
        .flatMap(route -> route.rules().stream().limit(1))
        .flatMap(rule -> rule.backends().stream())
        .map(ByteLowering::cluster)
        .toList();
  }

  private static WeightedCluster cluster(JudgedRoute.Backend backend) {
    return new WeightedCluster(
        backend.spec().weight(),
        backend.destination() instanceof Destination.Port to ? ClusterNames.of(to, false) : "");
  }
}
