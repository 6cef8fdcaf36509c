package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.BackendPort;
import dev.postern.gatewayapi.resolve.BackendSource.Found;
import dev.postern.gatewayapi.resolve.BackendSource.Where;
import dev.postern.gatewayapi.resolve.JudgedRoute.Destination;
import dev.postern.gatewayapi.resolve.Resolution;
import dev.postern.gatewayapi.resolve.hop.Hop.Outcome;
import dev.postern.gatewayapi.resolve.hop.Hop.Traffic;
import dev.postern.gatewayapi.resolve.hop.Hop.Way;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.HealthCheck;
import dev.postern.ir.Listener.Transport;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.LoadAssignment.Endpoint;
import dev.postern.ir.UpstreamProtocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The clusters of a backend: one for each port that gets requests, more where a port is reached in
/// more than one way.
final class ClusterLowering {
  private final Resolution resolution;
  private final Query<ObjectRef, Backends> backends;
  private final Query<Destination.Port, List<Cluster>> clusters;
  private final Query<Named, LoadAssignment> assignments;

  ClusterLowering(Memo memo, Resolution resolution) {
    this.resolution = resolution;
    backends = memo.query(this::backends);
    clusters = memo.query(this::clusters);
    assignments = memo.query(this::assignment);
  }

  /// What one backend needs.
  record Backends(List<Cluster> clusters, List<LoadAssignment> loadAssignments) {}

  private record Named(String cluster, BackendPort port) {}

  Query<ObjectRef, Backends> query() {
    return backends;
  }

  private Backends backends(ObjectRef backend) {
    Map<String, Cluster> all = new LinkedHashMap<>();
    List<LoadAssignment> places = new ArrayList<>();
    for (Destination.Port to : resolution.portUse().of(backend)) {
      for (Cluster cluster : clusters.get(to)) {
        if (all.putIfAbsent(cluster.name(), cluster) == null
            && cluster.discovery() instanceof Discovery.Eds) {
          places.add(assignments.get(new Named(cluster.name(), to.key().port())));
        }
      }
    }
    return new Backends(List.copyOf(all.values()), List.copyOf(places));
  }

  private List<Cluster> clusters(Destination.Port to) {
    return switch (resolution.hops().of(to.key()).outcome()) {
      case Outcome.Connect(Way way, _) -> cluster(ClusterNames.of(to, false), to.key().port(), way);
      case Outcome.ConnectByScheme(Way http, Way https, _) -> {
        List<Cluster> both =
            new ArrayList<>(cluster(ClusterNames.of(to, false), to.key().port(), http));
        both.addAll(cluster(ClusterNames.of(to, true), to.key().port(), https));
        yield List.copyOf(both);
      }
      case Outcome.NotFound _, Outcome.UnsupportedProtocol _, Outcome.FailsClosed _ -> List.of();
    };
  }

  private List<Cluster> cluster(String name, BackendPort port, Way way) {
    Traffic traffic = way.traffic();
    return where(port)
        .map(where ->
            List.of(
                new Cluster(
                    name,
                    where instanceof Where.Dns(List<Endpoint> hosts)
                        ? new Discovery.StrictDns(hosts)
                        : new Discovery.Eds(),
                    way.protocol(),
                    way.tls(),
                    traffic.connectTimeout(),
                    traffic.idleTimeout(),
                    traffic.streamIdleTimeout(),
                    traffic.circuitBreakers(),
                    traffic.outlierDetection(),
                    traffic.lbPolicy(),
                    healthCheck(port, way),
                    traffic.retryBudget())))
        .orElse(List.of());
  }

  /// Who does not speak HTTP is asked for a connection alone, and UDP has none.
  private static Optional<HealthCheck> healthCheck(BackendPort port, Way way) {
    if (port.transport() == Transport.UDP) {
      return Optional.empty();
    }
    return switch (way.protocol()) {
      case UpstreamProtocol.FastCgi _, UpstreamProtocol.Bytes _ ->
          way.traffic()
              .healthCheck()
              .map(check ->
                  new HealthCheck(
                      check.interval(),
                      check.timeout(),
                      check.unhealthyThreshold(),
                      check.healthyThreshold(),
                      new HealthCheck.Checker.Tcp()));
      default -> way.traffic().healthCheck();
    };
  }

  private Optional<Where> where(BackendPort port) {
    return resolution.backends().find(port) instanceof Found.Known known
        ? Optional.of(known.where())
        : Optional.empty();
  }

  private LoadAssignment assignment(Named named) {
    List<Endpoint> endpoints =
        where(named.port())
            .map(where ->
                switch (where) {
                  case Where.Slices() -> resolution.endpoints().of(named.port());
                  case Where.Fixed(List<Endpoint> fixed) -> fixed;
                  case Where.Dns _ -> List.<Endpoint>of();
                })
            .orElse(List.of());
    return new LoadAssignment(named.cluster(), endpoints);
  }
}
