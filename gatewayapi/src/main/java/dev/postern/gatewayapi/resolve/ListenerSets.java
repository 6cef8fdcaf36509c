package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Gateway.FromNamespaces;
import dev.postern.gatewayapi.resource.ListenerSet;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.List;

/// Which ListenerSets join a Gateway (GEP-1713): those that name it and that it allows.
final class ListenerSets {
  private final Objects objects;

  ListenerSets(Objects objects) {
    this.objects = objects;
  }

  /// The oldest first, then by namespace/name: in this order their listeners come after the
  /// Gateway's.
  List<ListenerSet> of(Gateway gateway) {
    return objects.listenerSetsOf(gateway.ref()).stream()
        .flatMap(ref -> objects.find(ref, ListenerSet.class).stream())
        .filter(set -> set.parent().equals(gateway.ref()) && isAllowed(gateway, set.ref()))
        .sorted(Age.OLDEST_FIRST)
        .toList();
  }

  /// Whether some ListenerSet wants to join.
  boolean isNamed(ObjectRef gateway) {
    return !objects.listenerSetsOf(gateway).isEmpty();
  }

  boolean isAllowed(Gateway gateway, ObjectRef set) {
    return allows(
        objects, gateway.allowedListeners(), gateway.metadata().namespace(), set.namespace());
  }

  /// Whether objects of a namespace are let in.
  ///
  /// @param own that of the one who says so
  static boolean allows(Objects objects, FromNamespaces from, String own, String namespace) {
    return switch (from) {
      case FromNamespaces.All() -> true;
      case FromNamespaces.Same() -> own.equals(namespace);
      case FromNamespaces.None() -> false;
      case FromNamespaces.Selected(var selector) ->
          selector.matches(objects.namespaceLabels(namespace));
    };
  }
}
