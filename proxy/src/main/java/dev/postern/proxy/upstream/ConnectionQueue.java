package dev.postern.proxy.upstream;

import java.lang.invoke.VarHandle;

/// The requests of one worker that wait for any connection of their endpoint, as the cluster may
/// have no more (`maxConnections`). The limit counts over all workers: a worker that has a
/// connection which does nothing gives it up for one of another worker that waits, and tells the
/// others of each that ends. On the worker's loop, but for what is said to be for others.
final class ConnectionQueue {
  private final WorkerCluster cluster;
  private int waiting;

  ConnectionQueue(WorkerCluster cluster) {
    this.cluster = cluster;
  }

  void add(PendingRequest request) {
    Endpoint endpoint = request.endpoint();
    request.queued();
    endpoint.waiting().add(request);
    waiting++;
    if (cluster.limitsAreShared()) {
      // Who ends a connection meanwhile counts it first, and then looks whether anybody waits.
      VarHandle.fullFence();
      if (cluster.mayOpen(endpoint)) {
        roomAt(endpoint);
      } else {
        cluster.others(other -> other.execute(other::spareConnection));
      }
    }
  }

  /// It waits no more.
  void remove(PendingRequest request) {
    if (request.endpoint().waiting().removeFirstOccurrence(request)) {
      waiting--;
    }
  }

  /// How many wait; for others, a moment late.
  int size() {
    return waiting;
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
    roomAt(endpoint);
    roomAnywhere();
    if (cluster.limitsAreShared()) {
      VarHandle.fullFence();
      cluster.others(other -> {
        if (other.queue().waiting > 0) {
          other.execute(other.queue()::roomAnywhere);
        }
      });
    }
  }

  private void roomAnywhere() {
    if (waiting > 0) {
      cluster.endpoints().forEach(this::roomAt);
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
      waiting--;
      if (connection != null) {
        request.connected(connection);
      } else {
        cluster.connect(request);
      }
    }
  }
}
