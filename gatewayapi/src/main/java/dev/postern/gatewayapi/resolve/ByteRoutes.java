package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.ByteRoute;
import java.util.ArrayList;
import java.util.List;
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
    return owner(at).flatMap(route -> rules.judgement(route.ref(), at.listener().gateway(), kind));
  }

  private Optional<ByteRoute> owner(HostKey at) {
    return places.routesByHost().get(at).stream()
        .flatMap(ref -> objects.find(ref, ByteRoute.class).stream())
        .min(Age.OLDEST_FIRST);
  }

  /// What a route that is accepted does not get, in a person's words; empty where it gets
  /// everything.
  public String lost(ByteRoute route, Attachment.Parent parent) {
    List<String> lost = new ArrayList<>();
    for (Attachment.Place place : parent.places()) {
      ListenerKey listener = new ListenerKey(parent.gateway(), parent.owner(), place.listener());
      for (String host : place.hosts()) {
        owner(new HostKey(listener, host))
            .filter(owner -> !owner.ref().equals(route.ref()))
            .ifPresent(owner ->
                lost.add(
                    "listener "
                        + place.listener()
                        + (host.equals(Hostnames.ANY) ? "" : " for " + host)
                        + " belongs to "
                        + owner.ref()
                        + ", which comes first by age, then by name"));
      }
    }
    return String.join("; ", lost);
  }
}
