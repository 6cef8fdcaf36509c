package dev.postern.proxy.upstream;

import java.util.concurrent.atomic.AtomicInteger;

/// Looks through the workers of a cluster, one after the other, for connections that have nothing
/// to do, and has as many of them closed as requests have waited for long for the room. One search
/// at a time, and none where the connections are more than may be even without one: an endpoint
/// without any may always have one.
final class IdleSearch {
  private final ClusterEntry entry;
  private final AtomicInteger under = new AtomicInteger();

  IdleSearch(ClusterEntry entry) {
    this.entry = entry;
  }

  /// From any thread. Where one is under way already nothing more is done: who still waits asks
  /// again.
  void start() {
    if (under.compareAndSet(0, 1)) {
      next(0, entry.sum(worker -> worker.queue().waitingLong()));
    }
  }

  private void next(int index, int wanted) {
    if (wanted > 0) {
      for (int i = index; i < entry.workerCount(); i++) {
        WorkerCluster worker = entry.worker(i);
        int following = i + 1;
        if (worker != null && worker.execute(() -> look(worker, following, wanted))) {
          return;
        }
      }
    }
    under.set(0);
  }

  private void look(WorkerCluster worker, int following, int wanted) {
    int left = wanted;
    try {
      for (Endpoint endpoint : worker.endpoints()) {
        while (left > 0
            && endpoint.waiting().isEmpty()
            && worker.idleIsInTheWay()
            && endpoint.closeIdle()) {
          left--;
        }
      }
    } finally {
      next(following, left);
    }
  }
}
