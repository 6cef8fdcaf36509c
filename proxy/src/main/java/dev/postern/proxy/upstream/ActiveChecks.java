package dev.postern.proxy.upstream;

import dev.postern.ir.HealthCheck;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The active health checks that run: one for each endpoint of a cluster that wants them, on one
/// loop. From any thread.
final class ActiveChecks implements AutoCloseable {
  private final Workers workers;
  private final Map<ClusterEntry, Map<HostHealth, EndpointCheck>> running = new HashMap<>();
  private int next;

  ActiveChecks(Workers workers) {
    this.workers = workers;
  }

  /// Makes those of a cluster what it says now: an endpoint whose health was kept keeps its check.
  synchronized void update(ClusterEntry entry) {
    Membership now = entry.membership();
    HealthCheck wanted = now == null ? null : now.spec().cluster().healthCheck().orElse(null);
    Map<HostHealth, EndpointCheck> have = running.getOrDefault(entry, Map.of());
    if (now == null || wanted == null) {
      have.values().forEach(EndpointCheck::stop);
      running.remove(entry);
      return;
    }
    Set<HostHealth> hosts = new HashSet<>(now.hosts());
    Map<HostHealth, EndpointCheck> after = new HashMap<>();
    have.forEach((host, check) -> {
      if (hosts.contains(host)) {
        after.put(host, check);
      } else {
        check.stop();
      }
    });
    for (HostHealth host : hosts) {
      if (!after.containsKey(host)) {
        EndpointCheck check = new EndpointCheck(worker(), entry, host, wanted);
        after.put(host, check);
        check.start();
      }
    }
    running.put(entry, after);
  }

  private Worker worker() {
    List<Worker> all = workers.all();
    next = (next + 1) % all.size();
    return all.get(next);
  }

  @Override
  public synchronized void close() {
    running.values().forEach(checks -> checks.values().forEach(EndpointCheck::stop));
    running.clear();
  }
}
