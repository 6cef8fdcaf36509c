package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.ObjectRef;

/// A port of a Service.
public record ServicePort(ObjectRef service, int port) {
  @Override
  public String toString() {
    return service + ":" + port;
  }
}
