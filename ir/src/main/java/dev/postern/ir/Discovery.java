package dev.postern.ir;

import dev.postern.ir.LoadAssignment.Endpoint;
import java.util.List;

/// How a cluster's endpoints become known.
public sealed interface Discovery {
  /// The [Ir]'s [LoadAssignment] of the cluster's name.
  record Eds() implements Discovery {}

  /// By DNS, each address of each host an endpoint, asked again as the records' TTL says. A host
  /// that is not found harms none of the others.
  ///
  /// @param hosts their addresses are host names, or IP addresses in text form
  record StrictDns(List<Endpoint> hosts) implements Discovery {
    public StrictDns {
      hosts = List.copyOf(hosts);
    }

    /// One host alone.
    public StrictDns(String hostname, int port) {
      this(List.of(new Endpoint(hostname, port)));
    }
  }
}
