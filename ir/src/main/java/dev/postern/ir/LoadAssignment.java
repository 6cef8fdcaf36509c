package dev.postern.ir;

import java.util.List;
import java.util.Optional;

/// The endpoints of one cluster.
public record LoadAssignment(String clusterName, List<Endpoint> endpoints) {

  /// One place to connect to.
  ///
  /// @param address an IP address in text form
  /// @param port 1 to 65535
  /// @param hostname what it is called in TLS that goes by the endpoint
  ///   ([UpstreamTls.SubjectName.OfEndpoint])
  public record Endpoint(String address, int port, Optional<String> hostname) {

    /// Without a name of its own.
    public Endpoint(String address, int port) {
      this(address, port, Optional.empty());
    }
  }

  public LoadAssignment {
    endpoints = List.copyOf(endpoints);
  }
}
