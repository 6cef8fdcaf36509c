package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.resource.RouteObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Which routes may not have a host at a listener, because an older one of the other kind,
/// HTTPRoute or GRPCRoute, has it (GRPCRoute.spec.hostnames). Costs nothing at a Gateway without
/// GRPCRoutes.
final class HostConflicts {
  private final Objects objects;
  private final Query<ObjectRef, Attachment> drafts;
  private final Query<ObjectRef, Map<At, Map<String, ObjectRef>>> lost;

  /// @param drafts where a route would attach if there were no conflicts
  HostConflicts(Memo memo, Objects objects, Function<ObjectRef, Attachment> drafts) {
    this.objects = objects;
    this.drafts = memo.query(drafts);
    lost = memo.query(this::judge);
  }

  /// @param owner the Gateway, or the ListenerSet
  private record At(ObjectRef owner, ObjectRef route) {}

  /// By listener, the older route that has one of this route's hosts there.
  Map<String, ObjectRef> lost(Attachment.Parent parent, ObjectRef route) {
    return objects.hasGrpcRoutes(parent.gateway())
        ? lost.get(parent.gateway()).getOrDefault(new At(parent.owner(), route), Map.of())
        : Map.of();
  }

  private Map<At, Map<String, ObjectRef>> judge(ObjectRef gateway) {
    Map<At, Map<String, ObjectRef>> conflicts = new HashMap<>();
    Map<ListenerKey, Map<Kind, Hosts>> taken = new HashMap<>();
    List<RouteObject> byAge =
        Stream.concat(Stream.of(gateway), objects.listenerSetsOf(gateway).stream())
            .flatMap(owner -> objects.pointingAt(owner).stream())
            .distinct()
            .flatMap(ref -> objects.find(ref, RouteObject.class).stream())
            .sorted(Age.OLDEST_FIRST.thenComparing(Resource::ref))
            .toList();
    for (RouteObject route : byAge) {
      for (Attachment.Parent parent : drafts.get(route.ref()).parents()) {
        if (parent.gateway().equals(gateway) && parent.refused().isEmpty()) {
          for (Attachment.Place place : parent.places()) {
            claim(
                    route,
                    place,
                    taken.computeIfAbsent(
                        new ListenerKey(gateway, parent.owner(), place.listener()),
                        _ -> new HashMap<>()))
                .ifPresent(winner ->
                    conflicts
                        .computeIfAbsent(new At(parent.owner(), route.ref()), _ -> new HashMap<>())
                        .put(place.listener(), winner));
          }
        }
      }
    }
    return conflicts;
  }

  /// The one who was there before; if there is none, the hosts are this route's.
  private static Optional<ObjectRef> claim(
      RouteObject route, Attachment.Place place, Map<Kind, Hosts> taken) {
    Kind other = route.kind().equals(Kind.GRPC_ROUTE) ? Kind.HTTP_ROUTE : Kind.GRPC_ROUTE;
    Hosts theirs = taken.getOrDefault(other, new Hosts());
    Optional<ObjectRef> winner =
        place.hosts().stream().flatMap(host -> theirs.owner(host).stream()).findFirst();
    if (winner.isEmpty()) {
      Hosts own = taken.computeIfAbsent(route.kind(), _ -> new Hosts());
      place.hosts().forEach(host -> own.add(host, route.ref()));
    }
    return winner;
  }

  /// Hosts and whose they are.
  private static final class Hosts {
    private final Map<String, ObjectRef> owners = new LinkedHashMap<>();
    private final List<String> wildcards = new ArrayList<>();

    void add(String host, ObjectRef owner) {
      if (owners.putIfAbsent(host, owner) == null && isWildcard(host)) {
        wildcards.add(host);
      }
    }

    private static boolean isWildcard(String host) {
      return host.startsWith("*");
    }

    Optional<ObjectRef> owner(String host) {
      ObjectRef same = owners.get(host);
      if (same != null) {
        return Optional.of(same);
      }
      return (isWildcard(host) ? owners.keySet() : wildcards)
          .stream().filter(taken -> Hostnames.overlap(taken, host)).findFirst().map(owners::get);
    }
  }
}
