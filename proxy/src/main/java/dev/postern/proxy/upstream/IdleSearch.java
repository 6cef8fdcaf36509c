package dev.postern.proxy.upstream;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.function.ToIntBiFunction;

/// Looks through the workers of a cluster, one after the other, for connections that nobody uses,
/// and has as many of them closed as it takes for those to go on that have waited for long. None is
/// closed where that would not help: an endpoint without a connection may always have one, so there
/// may be more in use than the limit. One search at a time. From any thread.
final class IdleSearch {
  private final ClusterEntry entry;
  private final AtomicBoolean underWay = new AtomicBoolean();

  IdleSearch(ClusterEntry entry) {
    this.entry = entry;
  }

  /// Where one is under way already nothing more is done: who still waits asks again.
  ///
  /// @param limit how many connections there may be
  void start(int limit) {
    if (underWay.compareAndSet(false, true)) {
      visit(0, 0, (worker, sum) -> sum + unused(worker), unused -> close(limit, unused));
    }
  }

  private static int unused(WorkerCluster worker) {
    return worker.endpoints().stream().mapToInt(Endpoint::unused).sum();
  }

  private void close(int limit, int unused) {
    int connections = entry.sum(WorkerCluster::connections);
    int wanted = entry.sum(worker -> worker.queue().waitingLong());
    boolean helps = wanted > 0 && connections >= limit && connections - unused < limit;
    int most = helps ? connections - limit + wanted : 0;
    visit(0, most, IdleSearch::leftAfterClosing, _ -> underWay.set(false));
  }

  private static int leftAfterClosing(WorkerCluster worker, int most) {
    int left = most;
    for (Endpoint endpoint : worker.endpoints()) {
      while (left > 0 && endpoint.closeUnused()) {
        left--;
      }
    }
    return left;
  }

  /// Does something on each worker's loop.
  ///
  /// @param carried is given from each to the next
  private void visit(
      int from, int carried, ToIntBiFunction<WorkerCluster, Integer> step, IntConsumer end) {
    for (int i = from; i < entry.workerCount(); i++) {
      WorkerCluster worker = entry.worker(i);
      int following = i + 1;
      if (worker != null
          && worker.execute(() -> visit(following, step.applyAsInt(worker, carried), step, end))) {
        return;
      }
    }
    end.accept(carried);
  }
}
