package dev.postern.proxy.upstream;

import dev.postern.ir.LoadAssignment.Endpoint;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The hosts of one cluster, each asked for by itself: one that is not found harms none of the
/// others. Changed by the control thread alone.
final class DnsHosts implements AutoCloseable {
  private final DnsDiscovery dns;
  private final Runnable onChange;
  private final Map<Endpoint, AutoCloseable> watches = new HashMap<>();
  private final Map<Endpoint, List<Endpoint>> found = new ConcurrentHashMap<>();
  private volatile List<Endpoint> hosts = List.of();
  private volatile boolean becoming;

  /// @param onChange is told that [#endpoints] are others; from any thread
  DnsHosts(DnsDiscovery dns, Runnable onChange) {
    this.dns = dns;
    this.onChange = onChange;
  }

  /// What is known of hosts that stay is kept.
  ///
  /// What is found before this returns is in [#endpoints] then, and not told: an IP address is its
  /// own answer at once, and whoever changes a cluster's hosts may change how it is spoken to, too.
  void become(List<Endpoint> next) {
    if (next.equals(hosts)) {
      return;
    }
    becoming = true;
    try {
      watch(next);
    } finally {
      becoming = false;
    }
  }

  private void watch(List<Endpoint> next) {
    hosts = next;
    for (Endpoint gone : List.copyOf(watches.keySet())) {
      if (!next.contains(gone)) {
        found.remove(gone);
        AutoCloseable watch = watches.remove(gone);
        if (watch != null) {
          close(watch);
        }
      }
    }
    for (Endpoint host : next) {
      if (found.putIfAbsent(host, List.of()) == null) {
        watches.put(host, dns.watch(host.address(), host.port(), answer -> answered(host, answer)));
      }
    }
  }

  private void answered(Endpoint host, List<Endpoint> answer) {
    List<Endpoint> named =
        answer.stream().map(e -> new Endpoint(e.address(), e.port(), host.hostname())).toList();
    if (found.computeIfPresent(host, (_, _) -> named) != null && !becoming) {
      onChange.run();
    }
  }

  /// All that are known, in the order of the hosts, each once. From any thread.
  List<Endpoint> endpoints() {
    Set<Endpoint> all = new LinkedHashSet<>();
    hosts.forEach(host -> all.addAll(found.getOrDefault(host, List.of())));
    return List.copyOf(all);
  }

  private static void close(AutoCloseable watch) {
    try {
      watch.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    become(List.of());
  }
}
