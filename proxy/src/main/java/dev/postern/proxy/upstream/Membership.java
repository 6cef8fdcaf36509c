package dev.postern.proxy.upstream;

import dev.postern.ir.LbPolicy;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a cluster is at one moment, with what its workers share: the health of its endpoints and,
/// where requests are chosen for by their hash, the ring. Made once for each change.
final class Membership {
  private final ClusterSpec spec;
  private final List<HostHealth> hosts;
  private final @Nullable HashRing ring;

  private Membership(ClusterSpec spec, List<HostHealth> hosts) {
    this.spec = spec;
    this.hosts = List.copyOf(hosts);
    this.ring =
        spec.cluster().lbPolicy() instanceof LbPolicy.ConsistentHash
            ? new HashRing(spec.endpoints())
            : null;
  }

  /// Endpoints that stay, and are spoken to and checked as before, keep their health.
  static Membership of(ClusterSpec spec, @Nullable Membership before) {
    Map<LoadAssignment.Endpoint, HostHealth> known = new HashMap<>();
    if (before != null
        && spec.connectsLike(before.spec)
        && spec.cluster().healthCheck().equals(before.spec.cluster().healthCheck())) {
      before.hosts.forEach(host -> known.put(host.where(), host));
    }
    List<HostHealth> hosts = new ArrayList<>(spec.endpoints().size());
    for (LoadAssignment.Endpoint where : spec.endpoints()) {
      hosts.add(known.computeIfAbsent(where, HostHealth::new));
    }
    return new Membership(spec, hosts);
  }

  ClusterSpec spec() {
    return spec;
  }

  /// In the order of the spec's endpoints.
  List<HostHealth> hosts() {
    return hosts;
  }

  /// Absent where no hash counts.
  @Nullable HashRing ring() {
    return ring;
  }

  /// How many endpoints should get requests.
  long healthy() {
    long now = System.nanoTime();
    return hosts.stream().filter(host -> host.usable(now)).count();
  }

  long ejected() {
    return hosts.stream().filter(HostHealth::ejected).count();
  }

  /// Leaves an endpoint out for a while, if enough others are left.
  ///
  /// @return whether it is left out from now on
  synchronized boolean eject(HostHealth host) {
    OutlierDetection outlier = spec.cluster().outlierDetection();
    long out = ejected();
    if (host.ejected()
        || hosts.size() < 2
        || (out > 0 && (out + 1) * 100 > (long) hosts.size() * outlier.maxEjectionPercent())) {
      return false;
    }
    host.eject(System.nanoTime(), outlier.baseEjectionTime().toNanos());
    return true;
  }
}
