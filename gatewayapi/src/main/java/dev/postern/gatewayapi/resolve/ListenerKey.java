package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.ObjectRef;

/// A listener of a Gateway.
///
/// @param owner the Gateway itself, or the ListenerSet that brings the listener
public record ListenerKey(ObjectRef gateway, ObjectRef owner, String listener) {}
