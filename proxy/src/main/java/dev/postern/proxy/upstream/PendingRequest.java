package dev.postern.proxy.upstream;

import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;

/// A request that waits for a connection which is being opened. Others may wait for the same one.
public final class PendingRequest {
  private final WorkerCluster cluster;
  private final BackendListener listener;
  private PendingConnection connection;
  private boolean over;

  PendingRequest(WorkerCluster cluster, BackendListener listener, PendingConnection connection) {
    this.cluster = cluster;
    this.listener = listener;
    this.connection = connection;
    cluster.pendingStarts();
  }

  /// It waits no more. The connection is opened nevertheless, for others.
  public void abandon() {
    if (end()) {
      connection.remove(this);
    }
  }

  /// From now on it waits for another connection.
  void waitFor(PendingConnection next) {
    connection = next;
  }

  void connected(BackendConnection opened) {
    if (end()) {
      listener.connected(opened.take(listener, false));
    }
  }

  void failed(TrafficFailure failure, String reason) {
    if (end()) {
      cluster.cells().increment(ClusterStat.UPSTREAM_RQ_PENDING_FAILURE_EJECT.ordinal());
      listener.connectFailed(failure, reason);
    }
  }

  private boolean end() {
    if (over) {
      return false;
    }
    over = true;
    cluster.pendingEnds();
    return true;
  }
}
