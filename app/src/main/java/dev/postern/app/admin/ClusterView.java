package dev.postern.app.admin;

import java.util.List;

/// What the data plane knows about one cluster.
public record ClusterView(String name, List<EndpointView> endpoints) {
  public ClusterView {
    endpoints = List.copyOf(endpoints);
  }

  long usable() {
    return endpoints.stream().filter(EndpointView::usable).count();
  }
}
