package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.Resolution;
import dev.postern.gatewayapi.resolve.ServicePort;
import dev.postern.gatewayapi.resolve.hop.Hop.Outcome;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Service;
import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The clusters of a Service: one for each port that gets requests.
final class ClusterLowering {
  private final Resolution resolution;
  private final Query<ObjectRef, Backends> backends;
  private final Query<ServicePort, Optional<Cluster>> clusters;
  private final Query<ServicePort, LoadAssignment> assignments;

  ClusterLowering(Memo memo, Resolution resolution) {
    this.resolution = resolution;
    backends = memo.query(this::backends);
    clusters = memo.query(this::cluster);
    assignments = memo.query(this::assignment);
  }

  /// What one Service needs.
  record Backends(List<Cluster> clusters, List<LoadAssignment> loadAssignments) {}

  Query<ObjectRef, Backends> query() {
    return backends;
  }

  static String name(ServicePort port) {
    return "kube_" + port.service().namespace() + "_" + port.service().name() + "_" + port.port();
  }

  private Backends backends(ObjectRef service) {
    List<Cluster> all = new ArrayList<>();
    List<LoadAssignment> places = new ArrayList<>();
    for (int number : resolution.portUse().of(service)) {
      ServicePort port = new ServicePort(service, number);
      Optional<Cluster> cluster = clusters.get(port);
      cluster.ifPresent(all::add);
      if (cluster.isPresent() && cluster.get().discovery() instanceof Discovery.Eds) {
        places.add(assignments.get(port));
      }
    }
    return new Backends(List.copyOf(all), List.copyOf(places));
  }

  private Optional<Cluster> cluster(ServicePort port) {
    if (!(resolution.hops().of(port).outcome() instanceof Outcome.Connect connect)) {
      return Optional.empty();
    }
    return Optional.of(
        new Cluster(
            name(port),
            discovery(port),
            connect.protocol(),
            connect.tls(),
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Cluster.DEFAULT_IDLE_TIMEOUT,
            CircuitBreakers.DEFAULT,
            OutlierDetection.DEFAULT));
  }

  private Discovery discovery(ServicePort port) {
    return resolution
        .objects()
        .find(port.service(), Service.class)
        .filter(service -> service.type().equals("ExternalName"))
        .flatMap(Service::externalName)
        .<Discovery>map(host -> new Discovery.StrictDns(host, port.port()))
        .orElseGet(Discovery.Eds::new);
  }

  private LoadAssignment assignment(ServicePort port) {
    return new LoadAssignment(name(port), resolution.endpoints().of(port));
  }
}
