package dev.postern.proxy.upstream;

import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.Ir;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.VersionedMap;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// All clusters by name. Changed by the control thread alone.
public final class ClusterRegistry implements AutoCloseable {
  private final Workers workers;
  private final StatStore stats;
  private final Connector connector;
  private final UpstreamTlsContexts tlsContexts;
  private final DnsDiscovery dns;
  private final Map<String, ClusterEntry> entries = new ConcurrentHashMap<>();
  private final Map<String, DnsHosts> watches = new ConcurrentHashMap<>();
  private final Set<String> leaving = new HashSet<>();
  private final ActiveChecks checks;
  private Ir current = Ir.EMPTY;

  public ClusterRegistry(
      Workers workers,
      StatStore stats,
      Connector connector,
      UpstreamTlsContexts tlsContexts,
      DnsDiscovery dns) {
    this.workers = workers;
    this.stats = stats;
    this.connector = connector;
    this.tlsContexts = tlsContexts;
    this.dns = dns;
    this.checks = new ActiveChecks(workers);
  }

  /// The one entry of that name, made when it is new.
  public ClusterEntry entry(String name) {
    return entries.computeIfAbsent(
        name,
        n ->
            new ClusterEntry(
                n,
                stats.group("cluster." + n, ClusterStat.SCHEMA),
                connector,
                tlsContexts,
                workers.all().size()));
  }

  /// The clusters that are there, for the admin endpoint.
  public Collection<ClusterEntry> entries() {
    return entries.values();
  }

  /// Takes over the clusters of `next` that are new or differ. When it returns, all workers use
  /// them. Those that are gone stay until [#prune], for routes may still name them.
  public void update(Ir next) {
    Set<String> touched = new HashSet<>();
    VersionedMap.changes(current.clusters(), next.clusters(), touched::add);
    VersionedMap.changes(current.loadAssignments(), next.loadAssignments(), touched::add);
    List<ClusterEntry> changed = new ArrayList<>();
    for (String name : touched) {
      Cluster cluster = next.clusters().get(name);
      if (cluster != null) {
        change(cluster, next.loadAssignments().get(name), changed);
        leaving.remove(name);
      } else if (current.clusters().containsKey(name)) {
        leaving.add(name);
      }
    }
    current = next;
    refresh(changed);
  }

  private void change(
      Cluster cluster, @Nullable LoadAssignment endpoints, List<ClusterEntry> changed) {
    ClusterEntry entry = entry(cluster.name());
    cluster.tls().ifPresent(tlsContexts::expect);
    synchronized (entry) {
      entry.spec(new ClusterSpec(cluster, endpoints(cluster, entry, endpoints)));
    }
    stats.restore(entry.stats());
    checks.update(entry);
    changed.add(entry);
  }

  private List<LoadAssignment.Endpoint> endpoints(
      Cluster cluster, ClusterEntry entry, @Nullable LoadAssignment assigned) {
    return switch (cluster.discovery()) {
      case Discovery.Eds() -> {
        unwatch(cluster.name());
        yield assigned == null ? List.of() : assigned.endpoints();
      }
      case Discovery.StrictDns(List<LoadAssignment.Endpoint> hosts) -> {
        DnsHosts names =
            watches.computeIfAbsent(cluster.name(), _ -> new DnsHosts(dns, () -> resolved(entry)));
        names.become(hosts);
        yield names.endpoints();
      }
    };
  }

  /// DNS said something new; from any thread. The lock keeps it and a change by the control thread
  /// from overwriting each other.
  private void resolved(ClusterEntry entry) {
    synchronized (entry) {
      ClusterSpec before = entry.spec();
      DnsHosts names = watches.get(entry.name());
      if (before == null || names == null) {
        return;
      }
      entry.spec(new ClusterSpec(before.cluster(), names.endpoints()));
    }
    checks.update(entry);
    workers.all().forEach(w -> w.loop().execute(() -> entry.refresh(w)));
  }

  /// Lets go of clusters that are not in the current ir.
  ///
  /// The entry itself stays: a route that names it may be in a table that was taken over, and a
  /// cluster that comes back must be the one that it knows. [#stale] counts such entries.
  ///
  /// A loop may have matched a request against the routes of before and not yet have come to its
  /// cluster, so each loop first finishes what it is at.
  public void prune() {
    if (leaving.isEmpty()) {
      return;
    }
    List<ClusterEntry> gone = leaving.stream().map(this::entry).toList();
    leaving.clear();
    workers.onEach(_ -> {});
    for (ClusterEntry entry : gone) {
      synchronized (entry) {
        entry.spec(null);
        unwatch(entry.name());
      }
      checks.update(entry);
      stats.remove("cluster." + entry.name());
    }
    refresh(gone);
  }

  /// How many entries are without a cluster.
  public int stale() {
    return entries.size() - current.clusters().size();
  }

  /// Drops the entries without a cluster. Every route must be compiled anew after it.
  public void forgetStale() {
    entries.values().removeIf(entry -> entry.spec() == null);
  }

  private void refresh(List<ClusterEntry> changed) {
    if (!changed.isEmpty()) {
      workers.onEach(worker -> changed.forEach(entry -> entry.refresh(worker)));
    }
  }

  private void unwatch(String name) {
    DnsHosts names = watches.remove(name);
    if (names != null) {
      names.close();
    }
  }

  @Override
  public void close() {
    checks.close();
    List.copyOf(watches.keySet()).forEach(this::unwatch);
  }
}
