package dev.postern.app.admin;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `/clusters`: what the data plane knows about its backends, as Envoy writes it.
final class ClustersPage {
  private ClustersPage() {}

  static Answer answer(Request request, AdminView view) {
    Map<String, Cluster> clusters = view.snapshot().translation().ir().clusters();
    List<ClusterView> sorted =
        view.clusters().stream().sorted(Comparator.comparing(ClusterView::name)).toList();
    String format = request.format("text");
    return switch (format) {
      case "text" ->
          Answer.text(sorted.stream().map(one -> text(one, breakers(clusters, one))).iterator());
      case "json" ->
          Answer.json(
              Json.array("cluster_statuses", sorted, one -> tree(one, breakers(clusters, one))));
      default -> Answer.unknownFormat(format, "text, json");
    };
  }

  /// Absent in the moment when a cluster is already forgotten by the ir, or not yet served.
  private static Optional<CircuitBreakers> breakers(
      Map<String, Cluster> clusters, ClusterView view) {
    return Optional.ofNullable(clusters.get(view.name())).map(Cluster::circuitBreakers);
  }

  private static String text(ClusterView cluster, Optional<CircuitBreakers> breakers) {
    List<String> lines = new ArrayList<>();
    lines.add("observability_name::" + cluster.name());
    breakers.ifPresent(limits ->
        thresholds(limits)
            .forEach((name, limit) -> lines.add("default_priority::" + name + "::" + limit)));
    lines.add("added_via_api::true");
    for (EndpointView endpoint : cluster.endpoints()) {
      counts(endpoint)
          .forEach((name, count) -> lines.add(endpoint.socket() + "::" + name + "::" + count));
      lines.add(endpoint.socket() + "::hostname::" + endpoint.hostname());
      lines.add(endpoint.socket() + "::health_flags::" + endpoint.healthFlags());
      lines.add(endpoint.socket() + "::weight::1");
      lines.add(endpoint.socket() + "::priority::0");
    }
    StringBuilder out = new StringBuilder();
    lines.forEach(line -> out.append(cluster.name()).append("::").append(line).append('\n'));
    return out.toString();
  }

  private static Object tree(ClusterView cluster, Optional<CircuitBreakers> breakers) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", cluster.name());
    tree.put("added_via_api", true);
    tree.put("host_statuses", cluster.endpoints().stream().map(ClustersPage::tree).toList());
    breakers.ifPresent(
        limits -> tree.put("circuit_breakers", Map.of("thresholds", List.of(thresholds(limits)))));
    tree.put("observability_name", cluster.name());
    return tree;
  }

  private static Object tree(EndpointView endpoint) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("address", ListenersPage.socketAddress(endpoint.address(), endpoint.port()));
    List<Object> stats = new ArrayList<>();
    counts(endpoint)
        .forEach((name, count) -> {
          Map<String, Object> stat = new LinkedHashMap<>();
          if (name.endsWith("_active")) {
            stat.put("type", "GAUGE");
          }
          stat.put("name", name);
          // Envoy's are 64 bit, which proto JSON writes as text.
          stat.put("value", Long.toString(count));
          stats.add(stat);
        });
    tree.put("stats", stats);
    Map<String, Object> health = new LinkedHashMap<>();
    if (endpoint.failedCheck()) {
      health.put("failed_active_health_check", true);
    }
    if (endpoint.ejected()) {
      health.put("failed_outlier_check", true);
    }
    health.put("eds_health_status", "HEALTHY");
    tree.put("health_status", health);
    tree.put("weight", 1);
    tree.put("hostname", endpoint.hostname());
    return tree;
  }

  private static Map<String, Long> counts(EndpointView endpoint) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("cx_active", endpoint.connections().active());
    counts.put("cx_connect_fail", endpoint.connections().connectFail());
    counts.put("cx_total", endpoint.connections().total());
    counts.put("rq_active", endpoint.requests().active());
    counts.put("rq_error", endpoint.requests().error());
    counts.put("rq_success", endpoint.requests().success());
    counts.put("rq_timeout", endpoint.requests().timeout());
    counts.put("rq_total", endpoint.requests().total());
    return counts;
  }

  private static Map<String, Object> thresholds(CircuitBreakers limits) {
    Map<String, Object> thresholds = new LinkedHashMap<>();
    thresholds.put("max_connections", limits.maxConnections());
    thresholds.put("max_pending_requests", limits.maxPendingRequests());
    thresholds.put("max_requests", limits.maxRequests());
    return thresholds;
  }
}
