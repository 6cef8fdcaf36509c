package dev.postern.ir;

import java.util.List;

/// One bound socket.
///
/// @param name unique, `<address>_<port>` as Envoy names it in `listener.<name>.*` stats; a socket
///   for datagrams has `_udp` behind it
/// @param address an IP address in text form; `0.0.0.0` or `::` for all
/// @param port 1 to 65535
/// @param statPrefix the middle of `http.<statPrefix>.*`
/// @param transport TCP, or UDP with exactly one filter chain of [NetworkFilter.UdpProxy]
/// @param tlsInspector whether every connection must begin with a ClientHello (RFC 8446 4.1.2),
///   whose server name chooses the filter chain; what begins otherwise is closed
/// @param filterChains at most one of them without [FilterChain#serverNames]; without the inspector
///   there is at most one
public record Listener(
    String name,
    String address,
    int port,
    String statPrefix,
    Transport transport,
    boolean tlsInspector,
    List<FilterChain> filterChains) {

  /// What is bound.
  public enum Transport {
    TCP,
    UDP
  }

  public Listener {
    filterChains = List.copyOf(filterChains);
  }

  /// One for HTTP, with the inspector exactly where a chain ends TLS.
  public Listener(
      String name, String address, int port, String statPrefix, List<FilterChain> filterChains) {
    this(
        name,
        address,
        port,
        statPrefix,
        Transport.TCP,
        filterChains.stream().anyMatch(chain -> chain.tls().isPresent()),
        filterChains);
  }
}
