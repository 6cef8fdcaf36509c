package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Merged;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.GatewaySides;
import dev.postern.gatewayapi.resolve.HostKey;
import dev.postern.gatewayapi.resolve.ListenerKey;
import dev.postern.gatewayapi.resolve.Places;
import dev.postern.gatewayapi.resolve.RouteAt;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The virtual hosts of each listener: for each host the routes of everybody who serves it there,
/// in order.
final class VirtualHosts {
  /// From how many routes of one host on it pays to keep them sorted between two changes.
  private static final int MANY = 50;

  private final Memo memo;
  private final Places places;
  private final GatewaySides sides;
  private final RouteLowering routes;
  private final Query<HostKey, List<VirtualHost>> hosts;
  private final Map<ListenerKey, Merged<VirtualHost>> byListener = new HashMap<>();
  private final Map<Many, Merged<RankedRoute>> manyRoutes = new HashMap<>();

  VirtualHosts(Memo memo, Places places, GatewaySides sides, RouteLowering routes) {
    this.memo = memo;
    this.places = places;
    this.sides = sides;
    this.routes = routes;
    hosts = memo.query(key -> List.of(host(key)));
  }

  /// @param gateway the listener's, where it brings something to the hop
  private record Many(HostKey host, Optional<ObjectRef> gateway) {}

  /// Sorted by host.
  List<VirtualHost> of(ListenerKey listener) {
    return places.hosts().count(listener) == 0
        ? List.of()
        : byListener.computeIfAbsent(listener, this::merge).get();
  }

  /// Forgets what nobody asks for any more.
  void sweep() {
    byListener.values().removeIf(Merged::closeIfUnread);
    manyRoutes.values().removeIf(Merged::closeIfUnread);
  }

  private Merged<VirtualHost> merge(ListenerKey listener) {
    return memo.merge(
        places.hosts(),
        listener,
        host -> new HostKey(listener, host),
        hosts,
        Comparator.comparing(VirtualHost::domain));
  }

  private VirtualHost host(HostKey key) {
    Many many = new Many(key, sides.special(key.listener().gateway()));
    List<RankedRoute> ranked =
        places.routesByHost().count(key) < MANY
            ? sorted(many)
            : manyRoutes.computeIfAbsent(many, this::keepSorted).get();
    return new VirtualHost(key.host(), ranked.stream().map(RankedRoute::route).toList());
  }

  private List<RankedRoute> sorted(Many many) {
    List<RankedRoute> ranked = new ArrayList<>();
    for (ObjectRef route : places.routesByHost().get(many.host())) {
      ranked.addAll(
          many.gateway().isPresent()
              ? routes.queryAt().get(new RouteAt(route, many.gateway().get()))
              : routes.of(route));
    }
    ranked.sort(RankedRoute.ORDER);
    return ranked;
  }

  private Merged<RankedRoute> keepSorted(Many many) {
    if (many.gateway().isPresent()) {
      ObjectRef gateway = many.gateway().get();
      return memo.merge(
          places.routesByHost(),
          many.host(),
          route -> new RouteAt(route, gateway),
          routes.queryAt(),
          RankedRoute.ORDER);
    }
    return memo.merge(
        places.routesByHost(), many.host(), Function.identity(), routes.query(), RankedRoute.ORDER);
  }
}
