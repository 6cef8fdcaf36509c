package dev.postern.proxy.listener;

import dev.postern.ir.Route;
import dev.postern.ir.RouteConfiguration;
import dev.postern.proxy.downstream.Routes;
import dev.postern.proxy.exchange.RouteTarget;
import dev.postern.proxy.route.RouteTable;
import dev.postern.proxy.upstream.ClusterRegistry;
import java.util.List;

/// The routes of one filter chain: connections hold on to it while its table changes.
final class ChainRoutes implements Routes {
  private static final RouteConfiguration NOTHING = new RouteConfiguration("", List.of());

  private final ClusterRegistry clusters;
  private RouteConfiguration configuration = NOTHING;
  private volatile RouteTable<RouteTarget> table;

  ChainRoutes(ClusterRegistry clusters) {
    this.clusters = clusters;
    this.table = RouteTable.compile(NOTHING, null, this::target);
  }

  @Override
  public RouteTable<RouteTarget> current() {
    return table;
  }

  /// Takes over another configuration.
  ///
  /// @param anew whether nothing may be taken over from the table before
  void update(RouteConfiguration next, boolean anew) {
    if (anew || !next.equals(configuration)) {
      table = RouteTable.compile(next, anew ? null : table, this::target);
      configuration = next;
    }
  }

  /// The chain is gone: what still comes on its connections gets a 404.
  void clear() {
    update(NOTHING, true);
  }

  private RouteTarget target(Route route) {
    return RouteTarget.of(route, clusters::entry);
  }
}
