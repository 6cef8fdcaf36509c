package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.ParentRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a route attaches, one entry for each parentRef that names a Gateway of ours, or a
/// ListenerSet that wants to join one.
public record Attachment(List<Parent> parents) {
  public Attachment {
    parents = List.copyOf(parents);
  }

  /// One parentRef.
  ///
  /// @param gateway through which traffic comes
  /// @param owner what the parentRef names: the Gateway, or the ListenerSet
  /// @param refused why it is not accepted there; then there are no places
  /// @param note which listeners do not take it, though others do; may be empty
  public record Parent(
      ParentRef ref,
      ObjectRef gateway,
      ObjectRef owner,
      Optional<Refusal> refused,
      List<Place> places,
      String note) {
    public Parent {
      places = List.copyOf(places);
    }
  }

  /// One listener that takes the route.
  ///
  /// @param listener its name
  /// @param hosts what route and listener have in common; never empty
  /// @param kind what the route sends over its hops when it came in there
  public record Place(String listener, List<String> hosts, RouteKind kind) {
    public Place {
      hosts = List.copyOf(hosts);
    }
  }

  /// The Gateways that take it.
  public List<ObjectRef> gateways() {
    List<ObjectRef> gateways = new ArrayList<>(parents.size());
    for (Parent parent : parents) {
      if (parent.refused().isEmpty() && !gateways.contains(parent.gateway())) {
        gateways.add(parent.gateway());
      }
    }
    return gateways;
  }

  /// What the route sends over its hops when it came in through a Gateway.
  public List<RouteKind> kindsAt(ObjectRef gateway) {
    List<RouteKind> kinds = new ArrayList<>(1);
    for (Parent parent : parents) {
      if (parent.gateway().equals(gateway)) {
        for (Place place : parent.places()) {
          if (!kinds.contains(place.kind())) {
            kinds.add(place.kind());
          }
        }
      }
    }
    return kinds;
  }

  /// Whether some Gateway takes it.
  public boolean isAttached() {
    return parents.stream().anyMatch(parent -> parent.refused().isEmpty());
  }
}
