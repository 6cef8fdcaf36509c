package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.Optional;

/// What a hop depends on.
///
/// @param gateway through which requests come, where it brings something to the hop; absent for all
///   others, which share one decision
public record HopKey(BackendPort port, RouteKind route, Optional<ObjectRef> gateway) {}
