package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.ParentRef;
import java.util.List;
import java.util.Optional;

/// Where a route attaches, one entry for each parentRef that names a Gateway of ours.
public record Attachment(List<Parent> parents) {
  public Attachment {
    parents = List.copyOf(parents);
  }

  /// One parentRef.
  ///
  /// @param refused why it is not accepted there; then there are no places
  /// @param note which listeners do not take it, though others do; may be empty
  public record Parent(
      ParentRef ref,
      ObjectRef gateway,
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
  public record Place(String listener, List<String> hosts) {
    public Place {
      hosts = List.copyOf(hosts);
    }
  }

  /// Whether some Gateway takes it.
  public boolean isAttached() {
    return parents.stream().anyMatch(parent -> parent.refused().isEmpty());
  }
}
