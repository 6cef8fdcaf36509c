package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.ObjectRef;

/// A route, for requests that come through a Gateway which brings something to the hop.
public record RouteAt(ObjectRef route, ObjectRef gateway) {}
