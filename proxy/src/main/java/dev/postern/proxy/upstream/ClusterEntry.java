package dev.postern.proxy.upstream;

import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatGroup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A cluster by its name. Routes hold on to it, so it stays the same object while what it stands
/// for changes.
public final class ClusterEntry {
  private final String name;
  private final int sessionKey;
  private final StatGroup stats;
  private final Connector connector;
  private final UpstreamTlsContexts tlsContexts;
  private final AtomicReferenceArray<@Nullable WorkerCluster> workers;
  private volatile @Nullable Membership membership;
  private volatile @Nullable RetryBudget retryBudget;
  private final IdleSearch idleSearch = new IdleSearch(this);
  private volatile int toldLast;

  public ClusterEntry(
      String name,
      StatGroup stats,
      Connector connector,
      UpstreamTlsContexts tlsContexts,
      int workerCount) {
    this.name = name;
    this.sessionKey = (int) HashRing.hash(name.getBytes(StandardCharsets.UTF_8));
    this.stats = stats;
    this.connector = connector;
    this.tlsContexts = tlsContexts;
    this.workers = new AtomicReferenceArray<>(workerCount);
    derive(ClusterStat.MEMBERSHIP_TOTAL, now -> now.hosts().size());
    derive(ClusterStat.MEMBERSHIP_HEALTHY, Membership::healthy);
    derive(ClusterStat.OUTLIER_EJECTIONS_ACTIVE, Membership::ejected);
  }

  private void derive(ClusterStat stat, ToLongFunction<Membership> value) {
    stats.derive(
        stat.ordinal(),
        () -> {
          Membership now = membership;
          return now == null ? 0 : value.applyAsLong(now);
        });
  }

  public String name() {
    return name;
  }

  /// What names it in a session's token.
  public int sessionKey() {
    return sessionKey;
  }

  StatGroup stats() {
    return stats;
  }

  /// What it is now; absent when there is no such cluster.
  public @Nullable ClusterSpec spec() {
    Membership now = membership;
    return now == null ? null : now.spec();
  }

  /// What it is now, with the health of its endpoints.
  @Nullable Membership membership() {
    return membership;
  }

  /// How its endpoints are; none when there is no such cluster. From any thread.
  public List<HostHealth> hosts() {
    Membership now = membership;
    return now == null ? List.of() : now.hosts();
  }

  /// Says what it is from now on. Each worker that knows the cluster must [#refresh] then.
  public void spec(@Nullable ClusterSpec spec) {
    retryBudget = RetryBudget.next(retryBudget, spec);
    membership = spec == null ? null : Membership.of(spec, membership);
  }

  /// The sum over all workers, a moment late.
  int sum(ToIntFunction<WorkerCluster> count) {
    int sum = 0;
    for (int i = 0; i < workers.length(); i++) {
      WorkerCluster here = workers.get(i);
      sum += here == null ? 0 : count.applyAsInt(here);
    }
    return sum;
  }

  /// Whether it holds for any worker, a moment late.
  boolean any(Predicate<WorkerCluster> what) {
    for (int i = 0; i < workers.length(); i++) {
      WorkerCluster here = workers.get(i);
      if (here != null && what.test(here)) {
        return true;
      }
    }
    return false;
  }

  int workerCount() {
    return workers.length();
  }

  /// A worker's share of it; absent where it does not use it.
  @Nullable WorkerCluster worker(int index) {
    return workers.get(index);
  }

  IdleSearch idleSearch() {
    return idleSearch;
  }

  /// Has one worker that has requests waiting for a connection look whether they can go on; each in
  /// turn. From any thread.
  void tellOneThatWaits() {
    int count = workers.length();
    int last = toldLast;
    for (int i = 1; i <= count; i++) {
      int index = (last + i) % count;
      WorkerCluster there = workers.get(index);
      if (there != null
          && there.queue().size() > 0
          && there.execute(() -> there.queue().serveAll())) {
        toldLast = index;
        return;
      }
    }
  }

  /// How many of its requests may be repeated ones; absent for no limit.
  public @Nullable RetryBudget retryBudget() {
    return retryBudget;
  }

  /// Whether that worker ever used it.
  public boolean usedBy(int worker) {
    return workers.get(worker) != null;
  }

  /// The worker's share of it, made at the first use; absent when there is no such cluster. On the
  /// worker's loop.
  ///
  /// It is what [#spec] says at this moment, whether or not the worker was told yet: so a change is
  /// in force on all loops at once, and no request on one loop sees what was, after a request on
  /// another saw what is.
  public @Nullable WorkerCluster on(Worker worker) {
    Membership now = membership;
    if (now == null) {
      return null;
    }
    WorkerCluster here = workers.get(worker.index());
    if (here == null) {
      here = new WorkerCluster(worker, this, stats, connector, tlsContexts, now);
      workers.set(worker.index(), here);
    } else {
      here.become(now);
    }
    return here;
  }

  /// Makes the worker's share what [#spec] says also if no request comes, so that connections which
  /// are of no use any more are closed. On the worker's loop.
  public void refresh(Worker worker) {
    WorkerCluster here = workers.get(worker.index());
    if (here == null) {
      return;
    }
    Membership now = membership;
    if (now == null) {
      here.close();
      workers.set(worker.index(), null);
    } else {
      here.become(now);
    }
  }

  /// The endpoints that each worker keeps, for the admin endpoint. From any thread.
  public List<Endpoint> endpoints() {
    List<Endpoint> all = new ArrayList<>();
    for (int i = 0; i < workers.length(); i++) {
      WorkerCluster here = workers.get(i);
      if (here != null) {
        all.addAll(here.endpoints());
      }
    }
    return all;
  }
}
