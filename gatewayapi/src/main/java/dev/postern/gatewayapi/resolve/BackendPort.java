package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.Listener.Transport;

/// A port of a Service or of a backend of another kind.
///
/// @param port as the backendRef says it; 0 where it says none, since the backend has its own
/// @param transport UDP for a UDPRoute: a Service may have one number for both
public record BackendPort(ObjectRef backend, int port, Transport transport) {
  /// One for TCP.
  public BackendPort(ObjectRef backend, int port) {
    this(backend, port, Transport.TCP);
  }

  // Written out, as for all that are keys everywhere: the generated ones start slowly.
  @Override
  public boolean equals(Object other) {
    return other instanceof BackendPort that
        && port == that.port
        && transport == that.transport
        && backend.equals(that.backend);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * backend.hashCode() + port) + transport.ordinal();
  }

  @Override
  public String toString() {
    return (port == 0 ? backend.toString() : backend + ":" + port)
        + (transport == Transport.UDP ? "/udp" : "");
  }
}
