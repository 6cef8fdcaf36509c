package dev.postern.proxy.upstream;

import org.jspecify.annotations.Nullable;

/// A connection that is being opened for a request.
public final class PendingConnection {
  private final WorkerCluster cluster;
  private final Endpoint endpoint;
  private final ClusterSpec spec;
  private @Nullable BackendListener listener;

  PendingConnection(
      WorkerCluster cluster, Endpoint endpoint, ClusterSpec spec, BackendListener listener) {
    this.cluster = cluster;
    this.endpoint = endpoint;
    this.spec = spec;
    this.listener = listener;
  }

  WorkerCluster cluster() {
    return cluster;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /// What the cluster was when this began: the connection is made as that says.
  ClusterSpec spec() {
    return spec;
  }

  /// Who waits; null when nobody does any more.
  @Nullable BackendListener listener() {
    return listener;
  }

  /// Nobody waits for it any more; should it come to be, it is kept for another request.
  public void abandon() {
    listener = null;
  }
}
