package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.memo.Gathered;
import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.HostKey;
import dev.postern.gatewayapi.resolve.ListenerKey;
import dev.postern.gatewayapi.resolve.Places;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.Route;
import dev.postern.ir.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The virtual hosts of each listener: for each host the routes of everybody who serves it there,
/// in order.
final class VirtualHosts {
  private final Memo memo;
  private final Places places;
  private final RouteLowering routes;
  private final Query<HostKey, VirtualHost> hosts;
  private final Map<ListenerKey, Gathered<HostKey, VirtualHost>> byListener = new HashMap<>();

  VirtualHosts(Memo memo, Places places, RouteLowering routes) {
    this.memo = memo;
    this.places = places;
    this.routes = routes;
    hosts = memo.query(this::host);
  }

  /// Sorted by host.
  List<VirtualHost> of(ListenerKey listener) {
    return places.hostsAt(listener).isEmpty()
        ? List.of()
        : byListener.computeIfAbsent(listener, this::gather).values();
  }

  /// Forgets listeners that nobody asks for any more.
  void sweep() {
    byListener.values().removeIf(Gathered::closeIfUnread);
  }

  private Gathered<HostKey, VirtualHost> gather(ListenerKey listener) {
    return memo.gather(() -> keys(listener), hosts, Comparator.comparing(HostKey::host));
  }

  private Set<HostKey> keys(ListenerKey listener) {
    return places.hostsAt(listener).stream()
        .map(host -> new HostKey(listener, host))
        .collect(Collectors.toSet());
  }

  private VirtualHost host(HostKey key) {
    List<RankedRoute> ranked = new ArrayList<>();
    for (ObjectRef route : places.routesAt(key)) {
      ranked.addAll(routes.of(route));
    }
    ranked.sort(RankedRoute.ORDER);
    List<Route> ordered = ranked.stream().map(RankedRoute::route).toList();
    return new VirtualHost(key.host(), ordered);
  }
}
