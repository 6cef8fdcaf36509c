package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.ObjectRef;

/// A listener of a Gateway.
///
/// @param owner the Gateway itself, or the ListenerSet that brings the listener
public record ListenerKey(ObjectRef gateway, ObjectRef owner, String listener) {
  // Written out, as for all that are keys everywhere: the generated ones start slowly.
  @Override
  public boolean equals(Object other) {
    return other instanceof ListenerKey that
        && listener.equals(that.listener)
        && gateway.equals(that.gateway)
        && owner.equals(that.owner);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * gateway.hashCode() + owner.hashCode()) + listener.hashCode();
  }

  /// Its name among all listeners of the Gateway: that of one of a ListenerSet has the set's
  /// namespace and name before it.
  public String label() {
    return owner.equals(gateway)
        ? listener
        : owner.namespace() + "/" + owner.name() + "/" + listener;
  }
}
