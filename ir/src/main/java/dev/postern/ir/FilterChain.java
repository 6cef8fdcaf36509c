package dev.postern.ir;

import java.util.List;
import java.util.Optional;

/// What happens to a connection that was accepted: TLS ends here or not, then a filter takes over.
///
/// @param name `<namespace>/<gateway>/<listener>`, with more behind it where a listener has several
/// @param serverNames SNI values that choose this chain: exact names, or `*.suffix` for one label
///   or more before the suffix; the longest match wins; empty takes what no other chain took
/// @param tls absent where TLS does not end here: for plaintext, and for TLS that is passed through
/// @param filter who has the connection then
public record FilterChain(
    String name, List<String> serverNames, Optional<DownstreamTls> tls, NetworkFilter filter) {
  public FilterChain {
    serverNames = List.copyOf(serverNames);
  }

  /// One for HTTP.
  public FilterChain(
      String name,
      List<String> serverNames,
      Optional<DownstreamTls> tls,
      RouteConfiguration routeConfiguration) {
    this(name, serverNames, tls, new NetworkFilter.HttpConnectionManager(routeConfiguration));
  }

  /// The HTTP routes; none where it is not for HTTP.
  public RouteConfiguration routeConfiguration() {
    return filter instanceof NetworkFilter.HttpConnectionManager(RouteConfiguration routes)
        ? routes
        : RouteConfiguration.NONE;
  }
}
