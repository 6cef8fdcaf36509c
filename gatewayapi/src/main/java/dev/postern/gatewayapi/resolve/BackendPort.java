package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.ObjectRef;

/// A port of a Service or of a backend of another kind.
///
/// @param port as the backendRef says it; 0 where it says none, since the backend has its own
public record BackendPort(ObjectRef backend, int port) {
  @Override
  public String toString() {
    return port == 0 ? backend.toString() : backend + ":" + port;
  }
}
