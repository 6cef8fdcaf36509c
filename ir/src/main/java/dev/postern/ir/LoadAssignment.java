package dev.postern.ir;

import java.util.List;

/// The endpoints of one cluster.
public record LoadAssignment(String clusterName, List<Endpoint> endpoints) {

  /// One place to connect to.
  ///
  /// @param address an IP address in text form
  /// @param port 1 to 65535
  public record Endpoint(String address, int port) {}

  public LoadAssignment {
    endpoints = List.copyOf(endpoints);
  }
}
