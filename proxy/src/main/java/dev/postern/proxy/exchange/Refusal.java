package dev.postern.proxy.exchange;

import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.WorkerCluster;
import org.jspecify.annotations.Nullable;

/// Why a cluster does not get a request that is meant for it.
///
/// @param reason for the log
record Refusal(TrafficFailure failure, String reason) {

  /// Null when it gets it.
  static @Nullable Refusal of(WorkerCluster cluster, ClientStream client, Upgrade upgrade) {
    Refusal ofUpgrade = upgrade.refusal(client, cluster.spec().cluster());
    if (ofUpgrade != null) {
      return ofUpgrade;
    }
    if (!cluster.admits()) {
      cluster.cells().increment(ClusterStat.UPSTREAM_RQ_PENDING_OVERFLOW.ordinal());
      return new Refusal(
          TrafficFailure.OVERFLOW, "too many requests to " + cluster.spec().cluster().name());
    }
    return null;
  }
}
