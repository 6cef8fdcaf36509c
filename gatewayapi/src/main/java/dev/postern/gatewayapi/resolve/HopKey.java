package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.Optional;

/// What a hop depends on.
///
/// @param gateway through which requests come, where it brings something to the hop; absent for all
///   others, which share one decision
public record HopKey(BackendPort port, RouteKind route, Optional<ObjectRef> gateway) {
  // Written out, as for all that are keys everywhere: the generated ones start slowly.
  @Override
  public boolean equals(Object other) {
    return other instanceof HopKey that
        && route == that.route
        && port.equals(that.port)
        && gateway.equals(that.gateway);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * port.hashCode() + route.ordinal()) + gateway.hashCode();
  }
}
