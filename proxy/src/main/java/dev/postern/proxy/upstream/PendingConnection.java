package dev.postern.proxy.upstream;

import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.worker.Sweeper;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/// A connection that is being opened for a request: TCP, then TLS where the cluster has it, both
/// within the connect timeout.
public final class PendingConnection extends Sweeper.Swept {
  private final WorkerCluster cluster;
  private final Endpoint endpoint;
  private final ClusterSpec spec;
  private final long startedAt = System.nanoTime();
  private @Nullable BackendListener listener;
  private @Nullable Channel channel;
  private boolean over;

  PendingConnection(
      WorkerCluster cluster, Endpoint endpoint, ClusterSpec spec, BackendListener listener) {
    this.cluster = cluster;
    this.endpoint = endpoint;
    this.spec = spec;
    this.listener = listener;
    cluster.worker().sweeper().add(this);
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

  void channel(Channel channel) {
    this.channel = channel;
  }

  /// Nobody waits for it any more; should it come to be, it is kept for another request.
  public void abandon() {
    listener = null;
  }

  /// The connection is there.
  void succeeded(Http1Connection connection) {
    if (!end()) {
      connection.close();
      return;
    }
    BackendListener to = listener;
    if (to == null) {
      connection.release();
    } else {
      connection.take(to, false);
      to.connected(connection);
    }
  }

  /// It did not come to be, for a reason that is for logs alone.
  void failed(String reason) {
    failed(TrafficFailure.CONNECT_FAILURE, reason);
  }

  /// It did not come to be.
  void failed(TrafficFailure failure, String reason) {
    if (!end()) {
      return;
    }
    cluster.cells().increment(ClusterStat.UPSTREAM_CX_CONNECT_FAIL.ordinal());
    endpoint.connectFailed();
    if (channel != null) {
      channel.close();
    }
    if (listener != null) {
      cluster.cells().increment(ClusterStat.UPSTREAM_RQ_PENDING_FAILURE_EJECT.ordinal());
      listener.connectFailed(failure, reason);
    }
  }

  @Override
  protected void sweep(long nowNanos) {
    long limit = spec.cluster().connectTimeout().toNanos();
    if (limit > 0 && nowNanos - startedAt > limit) {
      cluster.cells().increment(ClusterStat.UPSTREAM_CX_CONNECT_TIMEOUT.ordinal());
      failed(TrafficFailure.CONNECT_TIMEOUT, "no connection within " + limit / 1_000_000 + " ms");
    }
  }

  private boolean end() {
    if (over) {
      return false;
    }
    over = true;
    cluster.worker().sweeper().remove(this);
    return true;
  }
}
