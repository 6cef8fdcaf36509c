package dev.postern.ir;

import java.util.List;

/// The routes of one host name.
///
/// @param domain lower case: an exact name, `*.suffix` for one label or more before the suffix, or
///   `*`; exact wins over the longest suffix, that over `*`; a port in the request's authority does
///   not take part
/// @param routes in order: the first that matches is taken; none gives 404
public record VirtualHost(String domain, List<Route> routes) {
  public VirtualHost {
    routes = List.copyOf(routes);
  }
}
