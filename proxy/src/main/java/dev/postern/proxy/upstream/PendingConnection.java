package dev.postern.proxy.upstream;

import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.worker.Sweeper;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A connection that is being opened for one request or, where it may take several, for many: TCP,
/// then TLS where the cluster has it, both within the connect timeout.
final class PendingConnection extends Sweeper.Swept {
  /// So many requests may wait for one connection of which nobody knows how many it takes: as many
  /// as servers should take (RFC 9113 6.5.2).
  private static final int MOST_WAITING = 100;

  private final WorkerCluster cluster;
  private final Endpoint endpoint;
  private final ClusterSpec spec;
  private final boolean http1Only;
  private final boolean connectOnly;
  private final boolean shared;
  private final long startedAt = System.nanoTime();
  private final ArrayDeque<PendingRequest> waiting = new ArrayDeque<>(2);
  private @Nullable Runnable close;
  private @Nullable BackendConnection unsettled;
  private int handedOver;
  private boolean over;

  /// @param connectOnly whether nothing is to be spoken on it
  PendingConnection(
      WorkerCluster cluster,
      Endpoint endpoint,
      ClusterSpec spec,
      boolean http1Only,
      boolean connectOnly) {
    this.cluster = cluster;
    this.endpoint = endpoint;
    this.spec = spec;
    this.http1Only = http1Only;
    this.connectOnly = connectOnly;
    this.shared =
        switch (spec.cluster().protocol()) {
          case UpstreamProtocol.Http2() -> !http1Only;
          case UpstreamProtocol.Negotiated() ->
              !http1Only && spec.cluster().tls().isPresent() && !endpoint.choseHttp1;
          case UpstreamProtocol.Http1(), UpstreamProtocol.FastCgi _, UpstreamProtocol.Bytes() ->
              false;
        };
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

  /// Whether it must be HTTP/1.1, whatever others of the cluster are.
  boolean http1Only() {
    return http1Only;
  }

  /// Whether nothing is to be spoken on it.
  boolean connectOnly() {
    return connectOnly;
  }

  /// Whether others than who asked for it may use the connection later.
  boolean pooled() {
    return switch (spec.cluster().protocol()) {
      case UpstreamProtocol.Bytes() -> false;
      case UpstreamProtocol.Http2() -> !http1Only;
      default -> true;
    };
  }

  /// Whether more than one request may wait for it.
  boolean shared() {
    return shared;
  }

  /// Whether one more request may wait for it.
  boolean hasRoom() {
    if (over || (unsettled != null && unsettled.failing())) {
      return false;
    }
    return shared ? handedOver + waiting.size() < mostWaiting() : waiting.isEmpty();
  }

  private int mostWaiting() {
    int known = endpoint.streamLimit();
    return known > 0 ? known : MOST_WAITING;
  }

  /// How what is being opened is closed should it not come to be.
  void abandonedBy(Runnable close) {
    this.close = close;
  }

  void add(PendingRequest request) {
    waiting.add(request);
  }

  void remove(PendingRequest request) {
    waiting.removeFirstOccurrence(request);
  }

  /// The connection is there. As long as it is not known how many requests it takes, the others
  /// wait for that; how long is its own affair.
  void succeeded(BackendConnection connection) {
    if (over) {
      connection.retire();
      return;
    }
    if (connection.settled()) {
      settled(connection);
    } else {
      unsettled = connection;
      cluster.worker().sweeper().remove(this);
      handOver(connection);
    }
  }

  /// Its endpoint is no more: what is there of it goes.
  void retire() {
    if (unsettled != null) {
      unsettled.retire();
    }
  }

  private void handOver(BackendConnection connection) {
    PendingRequest request;
    while (connection.hasRoom() && (request = waiting.pollFirst()) != null) {
      handedOver++;
      request.connected(connection);
    }
  }

  /// It is known how many requests the connection takes; what is left of it goes into the pool.
  /// Should they be fewer than wait for it, others are opened.
  void settled(BackendConnection connection) {
    if (!end()) {
      return;
    }
    handOver(connection);
    PendingRequest request;
    while ((request = waiting.pollFirst()) != null) {
      if (handedOver > 0) {
        cluster.connect(request);
      } else {
        request.failed(TrafficFailure.CONNECT_FAILURE, "the backend closed the connection at once");
      }
    }
    if (connection.shared() || connection.hasRoom()) {
      if (!offer(connection)) {
        connection.retire();
      }
    }
  }

  /// Puts a connection that has room into the pool, as the one to be used first.
  ///
  /// @return false when it is of no use any more, or in the way of others
  boolean offer(BackendConnection connection) {
    boolean taken =
        pooled()
            && (connection.shared() || !cluster.queue().wantsRoomOf(endpoint))
            && endpoint.offer(connection);
    if (taken) {
      cluster.queue().roomAt(endpoint);
    }
    return taken;
  }

  /// The connection is no more. Nothing was sent for those who still wait for it.
  void lost(TrafficFailure failure, String reason) {
    if (end()) {
      failAll(failure, reason);
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
    if (close != null) {
      close.run();
    }
    failAll(failure, reason);
  }

  private void failAll(TrafficFailure failure, String reason) {
    PendingRequest request;
    while ((request = waiting.pollFirst()) != null) {
      request.failed(failure, reason);
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
    endpoint.opened(this);
    cluster.worker().sweeper().remove(this);
    return true;
  }
}
