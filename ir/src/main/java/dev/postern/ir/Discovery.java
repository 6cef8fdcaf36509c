package dev.postern.ir;

/// How a cluster's endpoints become known.
public sealed interface Discovery {
  /// The [Ir]'s [LoadAssignment] of the cluster's name.
  record Eds() implements Discovery {}

  /// By DNS, each address an endpoint, asked again as the records' TTL says.
  ///
  /// @param hostname a host name, or an IP address in text form
  record StrictDns(String hostname, int port) implements Discovery {}
}
