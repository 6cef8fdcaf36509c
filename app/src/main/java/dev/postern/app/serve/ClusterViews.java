package dev.postern.app.serve;

import dev.postern.app.admin.ClusterView;
import dev.postern.app.admin.EndpointView;
import dev.postern.ir.LoadAssignment;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.ClusterSpec;
import dev.postern.proxy.upstream.Endpoint;
import dev.postern.proxy.upstream.HostHealth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The proxy's clusters as the admin endpoint shows them: each worker counts for itself, and knows
/// a cluster only after its first request; here the workers are added up.
final class ClusterViews {
  private ClusterViews() {}

  static List<ClusterView> of(Collection<ClusterEntry> entries) {
    List<ClusterView> views = new ArrayList<>(entries.size());
    for (ClusterEntry entry : entries) {
      ClusterSpec spec = entry.spec();
      if (spec != null) {
        views.add(view(entry, spec));
      }
    }
    return views;
  }

  private static ClusterView view(ClusterEntry entry, ClusterSpec spec) {
    Map<LoadAssignment.Endpoint, EndpointView> sums = new LinkedHashMap<>();
    spec.endpoints().forEach(where -> sums.put(where, unused(where)));
    for (Endpoint endpoint : entry.endpoints()) {
      EndpointView before = sums.getOrDefault(endpoint.where(), unused(endpoint.where()));
      sums.put(endpoint.where(), sum(before, endpoint));
    }
    for (HostHealth host : entry.hosts()) {
      sums.computeIfPresent(
          host.where(), (_, view) -> view.with(host.ejected(), host.failedCheck()));
    }
    return new ClusterView(entry.name(), List.copyOf(sums.values()));
  }

  private static EndpointView unused(LoadAssignment.Endpoint where) {
    return new EndpointView(
        where.address(),
        where.port(),
        "",
        new EndpointView.Connections(0, 0, 0),
        new EndpointView.Requests(0, 0, 0, 0, 0),
        false);
  }

  private static EndpointView sum(EndpointView sum, Endpoint one) {
    EndpointView.Connections connections = sum.connections();
    EndpointView.Requests requests = sum.requests();
    return new EndpointView(
        sum.address(),
        sum.port(),
        sum.hostname(),
        new EndpointView.Connections(
            connections.total() + one.connections(),
            connections.active() + one.connectionsActive(),
            connections.connectFail() + one.connectFailures()),
        new EndpointView.Requests(
            requests.total() + one.requests(),
            requests.active() + one.active(),
            requests.success() + one.successes(),
            requests.error() + one.errors(),
            requests.timeout() + one.timeouts()),
        false);
  }
}
