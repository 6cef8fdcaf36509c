package dev.postern.proxy.listener;

import dev.postern.ir.DownstreamTls.ClientValidation;
import dev.postern.ir.FilterChain;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.NetworkFilter.TcpProxy;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.VirtualHost;
import dev.postern.proxy.downstream.Routes;
import dev.postern.proxy.exchange.RouteTarget;
import dev.postern.proxy.route.RouteTable;
import dev.postern.proxy.upstream.ClusterRegistry;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The routes of one filter chain, or where it sends bytes: connections hold on to it while its
/// table changes. All of them were let in by client validation that is as strict as the chain's or
/// stricter.
final class ChainRoutes implements Routes {
  private static final RouteConfiguration NOTHING = new RouteConfiguration("", List.of());
  private static final RouteConfiguration MISDIRECTED = misdirected();

  private final ClusterRegistry clusters;
  private RouteConfiguration configuration = NOTHING;
  private volatile Optional<ClientValidation> validation;
  private volatile RouteTable<RouteTarget> table;
  private volatile @Nullable TcpProxy tcpProxy;
  private volatile boolean ended;

  ChainRoutes(ClusterRegistry clusters, FilterChain chain) {
    this.clusters = clusters;
    this.validation = validation(chain);
    this.table = RouteTable.compile(NOTHING, null, this::target);
  }

  @Override
  public RouteTable<RouteTarget> current() {
    return table;
  }

  @Override
  public boolean ended() {
    return ended;
  }

  /// Where connections of bytes go; null when that is nowhere, or no more.
  @Nullable TcpProxy tcpProxy() {
    return tcpProxy;
  }

  /// Whether it may serve whom that chain let in.
  boolean takes(FilterChain chain) {
    return letsIn(validation, validation(chain));
  }

  /// Whether that chain may serve whom this one let in.
  boolean mayBecome(FilterChain chain) {
    return letsIn(validation(chain), validation);
  }

  private static Optional<ClientValidation> validation(FilterChain chain) {
    return chain.tls().flatMap(tls -> tls.clientValidation());
  }

  /// Whether all whom `before` let in are let in by `now` (GEP-91), so that an authority which is
  /// added harms nobody.
  private static boolean letsIn(Optional<ClientValidation> now, Optional<ClientValidation> before) {
    if (now.isEmpty() || now.get().insecureFallback() || now.equals(before)) {
      return true;
    }
    return before.isPresent()
        && !before.get().insecureFallback()
        && now.get().trust().containsAll(before.get().trust());
  }

  /// Becomes that chain, which [#mayBecome] allows.
  ///
  /// @param anew whether nothing may be taken over from the table before
  void update(FilterChain chain, boolean anew) {
    validation = validation(chain);
    tcpProxy = chain.filter() instanceof TcpProxy proxy ? proxy : null;
    update(chain.routeConfiguration(), anew);
  }

  private void update(RouteConfiguration next, boolean anew) {
    if (anew || !next.equals(configuration)) {
      table = RouteTable.compile(next, anew ? null : table, this::target);
      configuration = next;
    }
  }

  /// The chain is gone: what still comes on its connections gets a 404, and no more connections of
  /// bytes begin.
  void clear() {
    tcpProxy = null;
    update(NOTHING, true);
  }

  /// Not all whom it let in would be let in now. Its connections end; a request that comes before
  /// they have is told to come by another (RFC 9110 15.5.20).
  void end() {
    ended = true;
    tcpProxy = null;
    update(MISDIRECTED, true);
  }

  private static RouteConfiguration misdirected() {
    Route route =
        new Route(
            "misdirected",
            RouteMatch.ANY,
            HeaderMutation.NONE,
            HeaderMutation.NONE,
            new RouteAction.DirectResponse(421, "misdirected request"));
    return new RouteConfiguration("", List.of(new VirtualHost("*", List.of(route))));
  }

  private RouteTarget target(Route route) {
    return RouteTarget.of(route, clusters::entry);
  }
}
