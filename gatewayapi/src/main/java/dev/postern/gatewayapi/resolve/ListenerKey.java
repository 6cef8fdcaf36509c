package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.ObjectRef;

/// A listener of a Gateway.
public record ListenerKey(ObjectRef gateway, String listener) {}
