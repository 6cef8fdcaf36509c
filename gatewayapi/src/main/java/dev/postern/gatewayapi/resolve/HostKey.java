package dev.postern.gatewayapi.resolve;

/// A host that routes serve at a listener.
public record HostKey(ListenerKey listener, String host) {}
