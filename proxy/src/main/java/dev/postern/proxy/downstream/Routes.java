package dev.postern.proxy.downstream;

import dev.postern.proxy.exchange.RouteTarget;
import dev.postern.proxy.route.RouteTable;

/// The routes that are in force for a connection at this moment: asked anew for every request.
@FunctionalInterface
public interface Routes {
  RouteTable<RouteTarget> current();

  /// Whether its connections are to end: what is under way is finished, and no more is served.
  default boolean ended() {
    return false;
  }
}
