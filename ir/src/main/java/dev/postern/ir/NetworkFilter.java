package dev.postern.ir;

import java.util.List;

/// Who has a connection, or a datagram, after a filter chain was chosen.
public sealed interface NetworkFilter {

  /// HTTP by these routes.
  record HttpConnectionManager(RouteConfiguration routeConfiguration) implements NetworkFilter {}

  /// Octets, both ways, to a cluster that is chosen by weight for each connection.
  ///
  /// @param clusters none, or none with a weight over 0, refuses every connection
  record TcpProxy(List<WeightedCluster> clusters) implements NetworkFilter {
    public TcpProxy {
      clusters = List.copyOf(clusters);
    }
  }

  /// Datagrams to a cluster that is chosen by weight for each session: one client address and port.
  ///
  /// @param clusters none, or none with a weight over 0, drops every datagram
  record UdpProxy(List<WeightedCluster> clusters) implements NetworkFilter {
    public UdpProxy {
      clusters = List.copyOf(clusters);
    }
  }

  /// A share of connections or sessions.
  ///
  /// @param weight 0 to 1,000,000
  /// @param cluster of the [Ir]; empty for nowhere: the backend is invalid and its share is closed
  ///   or dropped
  record WeightedCluster(int weight, String cluster) {}
}
