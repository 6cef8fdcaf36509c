package dev.postern.proxy.upstream;

import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import org.jspecify.annotations.Nullable;

/// A request that waits for a connection which is being opened, for which others may wait too, or
/// for any connection of its endpoint that gets free.
public final class PendingRequest {
  private final WorkerCluster cluster;
  private final BackendListener listener;
  private final Endpoint endpoint;
  private final boolean http1Only;
  private @Nullable PendingConnection connection;
  private long queuedSince;
  private boolean over;

  PendingRequest(
      WorkerCluster cluster, BackendListener listener, Endpoint endpoint, boolean http1Only) {
    this.cluster = cluster;
    this.listener = listener;
    this.endpoint = endpoint;
    this.http1Only = http1Only;
    cluster.pendingStarts();
  }

  /// It waits no more. The connection is opened nevertheless, for others.
  public void abandon() {
    if (end()) {
      if (connection != null) {
        connection.remove(this);
      }
      cluster.queue().remove(this);
    }
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /// Whether its connection must be HTTP/1.1.
  boolean http1Only() {
    return http1Only;
  }

  /// From now on it waits until there may be a connection for it.
  void queued(long nowNanos) {
    connection = null;
    queuedSince = nowNanos;
  }

  /// Since when, in nanoseconds.
  long queuedSince() {
    return queuedSince;
  }

  /// Whether it waits for others, and not for its endpoint.
  public boolean isQueued() {
    return !over && connection == null;
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
