package dev.postern.proxy.upstream;

import dev.postern.ir.Cluster;
import dev.postern.ir.LoadAssignment;
import java.util.List;

/// What a cluster is at one moment.
public record ClusterSpec(Cluster cluster, List<LoadAssignment.Endpoint> endpoints) {
  public ClusterSpec {
    endpoints = List.copyOf(endpoints);
  }

  /// Whether connections made for `that` serve this one as well: nothing differs in how an endpoint
  /// is spoken to.
  boolean connectsLike(ClusterSpec that) {
    return cluster.protocol().equals(that.cluster.protocol())
        && cluster.tls().equals(that.cluster.tls());
  }
}
