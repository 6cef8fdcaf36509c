package dev.postern.ir;

import java.util.List;
import java.util.Optional;

/// What happens to a connection that was accepted: TLS or not, then HTTP by these routes.
///
/// @param name `<namespace>/<gateway>/<listener>`
/// @param serverNames SNI values that choose this chain: exact names, or `*.suffix` for one label
///   or more before the suffix; the longest match wins; empty takes what no other chain took
/// @param tls absent for plaintext
/// @param routeConfiguration the HTTP routes
public record FilterChain(
    String name,
    List<String> serverNames,
    Optional<DownstreamTls> tls,
    RouteConfiguration routeConfiguration) {
  public FilterChain {
    serverNames = List.copyOf(serverNames);
  }
}
