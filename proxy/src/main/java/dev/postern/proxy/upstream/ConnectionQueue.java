package dev.postern.proxy.upstream;

import dev.postern.proxy.worker.Sweeper;
import java.lang.invoke.VarHandle;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The requests of one worker that wait for any connection of their endpoint, as the cluster may
/// have no more (`maxConnections`). That counts over all workers: of those that could go on when a
/// connection ends, one of each worker in turn does. Connections are kept where they are, as to
/// open another in their place costs more than most waiting; only who waits for long, behind long
/// responses, is given the room of one that has nothing to do, or that would go to somebody who
/// came much later. On the worker's loop, but for what is said to be for others.
final class ConnectionQueue extends Sweeper.Swept {
  private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final WorkerCluster cluster;
  private final Set<Endpoint> endpoints = new LinkedHashSet<>();
  private int waiting;
  private int waitingLong;
  private long oldestSince;

  ConnectionQueue(WorkerCluster cluster) {
    this.cluster = cluster;
  }

  void add(PendingRequest request) {
    Endpoint endpoint = request.endpoint();
    request.queued(System.nanoTime());
    endpoint.waiting().add(request);
    endpoints.add(endpoint);
    if (waiting++ == 0) {
      cluster.worker().sweeper().add(this);
    }
    if (cluster.limitsAreShared()) {
      // Who ends a connection meanwhile counts it first, and then looks whether anybody waits.
      VarHandle.fullFence();
      if (cluster.mayOpen(endpoint)) {
        roomAt(endpoint);
      }
    }
  }

  /// It waits no more.
  void remove(PendingRequest request) {
    Endpoint endpoint = request.endpoint();
    if (endpoint.waiting().removeFirstOccurrence(request)) {
      removed(endpoint);
    }
  }

  private void removed(Endpoint endpoint) {
    if (endpoint.waiting().isEmpty()) {
      endpoints.remove(endpoint);
    }
    if (--waiting == 0) {
      waitingLong = 0;
      cluster.worker().sweeper().remove(this);
    } else if (waitingLong > 0) {
      oldestSince = firstSince();
    }
  }

  /// How many wait; for others, a moment late.
  int size() {
    return waiting;
  }

  /// How many have waited for long; for others, a moment late.
  int waitingLong() {
    return waitingLong;
  }

  /// Whether a connection to that endpoint that has nothing to do should rather make room for a
  /// request elsewhere: for one that has waited for long, and for long before anybody waited for
  /// this one. Not the endpoint's only one, which who waits for it may open again at once.
  boolean wantsRoomOf(Endpoint endpoint) {
    if (!cluster.limitsAreShared()) {
      return false;
    }
    PendingRequest first = endpoint.waiting().peekFirst();
    if (first != null && endpoint.connectionsActive() == 1) {
      return false;
    }
    long since = first == null ? System.nanoTime() : first.queuedSince();
    ClusterEntry entry = cluster.entry();
    return entry.any(worker -> worker.queue().waitedLongBefore(since))
        && entry.sum(WorkerCluster::connections) == cluster.maxConnections();
  }

  /// For others, a moment late.
  private boolean waitedLongBefore(long nanos) {
    return waitingLong > 0 && nanos - oldestSince >= LONG_NANOS;
  }

  /// Of those that wait, the one that came first; each endpoint's queue is in that order.
  private long firstSince() {
    long now = System.nanoTime();
    long longest = 0;
    for (Endpoint endpoint : endpoints) {
      PendingRequest first = endpoint.waiting().peekFirst();
      longest = first == null ? longest : Math.max(longest, now - first.queuedSince());
    }
    return now - longest;
  }

  /// A connection has room again, or is no more: whoever waits for that goes on, later, as this is
  /// called from within a response's end.
  void roomAt(Endpoint endpoint) {
    if (!endpoint.waiting().isEmpty()) {
      cluster.execute(() -> serve(endpoint));
    }
  }

  /// A connection is no more, so that another may be opened, whoever had this one.
  void connectionEnded(Endpoint endpoint) {
    if (!cluster.limitsAreShared()) {
      roomAt(endpoint);
      if (waiting > 0) {
        cluster.execute(this::serveAll);
      }
      return;
    }
    if (endpoint.connectionsActive() == 0) {
      roomAt(endpoint); // It may always have one.
    }
    VarHandle.fullFence();
    cluster.entry().tellOneThatWaits();
  }

  /// There may be room for any of them. What they leave of it is for other workers.
  void serveAll() {
    for (Endpoint endpoint : List.copyOf(endpoints)) {
      serve(endpoint);
    }
    if (cluster.limitsAreShared() && cluster.hasRoom()) {
      cluster.entry().tellOneThatWaits();
    }
  }

  private void serve(Endpoint endpoint) {
    for (int left = endpoint.waiting().size(); left > 0; left--) {
      PendingRequest request = endpoint.waiting().peekFirst();
      if (request == null) {
        return;
      }
      BackendConnection connection = endpoint.poll(request.http1Only());
      if (connection == null && !cluster.mayOpen(endpoint)) {
        return;
      }
      endpoint.waiting().removeFirst();
      removed(endpoint);
      if (connection != null) {
        request.connected(connection);
      } else {
        cluster.connect(request);
      }
    }
  }

  @Override
  protected void sweep(long nowNanos) {
    int late = 0;
    for (Endpoint endpoint : endpoints) {
      for (PendingRequest request : endpoint.waiting()) {
        if (nowNanos - request.queuedSince() < LONG_NANOS) {
          break;
        }
        late++;
      }
    }
    oldestSince = firstSince();
    waitingLong = late;
    if (late > 0 && cluster.limitsAreShared() && !cluster.hasRoom()) {
      cluster.entry().idleSearch().start(cluster.maxConnections());
    }
  }
}
