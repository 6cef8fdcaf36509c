package dev.postern.ir;

import java.util.List;

/// One bound socket.
///
/// @param name unique, `<address>_<port>` as Envoy names it in `listener.<name>.*` stats
/// @param address an IP address in text form; `0.0.0.0` or `::` for all
/// @param port 1 to 65535
/// @param statPrefix the middle of `http.<statPrefix>.*`
/// @param filterChains at most one of them without [FilterChain#serverNames]; either all with TLS
///   or all without
public record Listener(
    String name, String address, int port, String statPrefix, List<FilterChain> filterChains) {
  public Listener {
    filterChains = List.copyOf(filterChains);
  }
}
