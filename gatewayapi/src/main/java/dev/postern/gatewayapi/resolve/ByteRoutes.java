package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.ByteRoute;
import java.util.Optional;

/// Whose the connections, or datagrams, of a listener are: they cannot be told apart but by the
/// server name, so that of several routes for one name the oldest has them all (Gateway API,
/// conflicts).
public final class ByteRoutes {
  private final Objects objects;
  private final Places places;
  private final RouteRules rules;

  ByteRoutes(Objects objects, Places places, RouteRules rules) {
    this.objects = objects;
    this.places = places;
    this.rules = rules;
  }

  /// The route that has a host of a listener, judged.
  ///
  /// @param at [Hostnames#ANY] for TCP and UDP
  public Optional<JudgedRoute> at(HostKey at, RouteKind kind) {
    return places.routesByHost().get(at).stream()
        .flatMap(ref -> objects.find(ref, ByteRoute.class).stream())
        .min(Age.OLDEST_FIRST)
        .flatMap(route -> rules.judgement(route.ref(), at.listener().gateway(), kind));
  }
}
