package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Optional;

/// gateway.networking.k8s.io ListenerSet (GEP-1713): more listeners for a Gateway, by somebody who
/// may not write the Gateway itself.
///
/// @param parentRef the Gateway
public record ListenerSet(
    Metadata metadata,
    String version,
    Origin origin,
    Parent parentRef,
    List<Gateway.Listener> listeners)
    implements Resource {

  public ListenerSet {
    listeners = List.copyOf(listeners);
  }

  /// spec.parentRef.
  ///
  /// @param namespace absent for the set's own
  public record Parent(Kind kind, Optional<String> namespace, String name) {}

  /// Whom it asks to join.
  public ObjectRef parent() {
    return new ObjectRef(
        parentRef.kind(), parentRef.namespace().orElse(metadata.namespace()), parentRef.name());
  }

  @Override
  public Kind kind() {
    return Kind.LISTENER_SET;
  }
}
