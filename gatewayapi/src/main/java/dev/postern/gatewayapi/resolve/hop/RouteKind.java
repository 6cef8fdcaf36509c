package dev.postern.gatewayapi.resolve.hop;

import java.util.Arrays;
import java.util.List;

/// What a route sends over a hop.
public enum RouteKind {
  /// HTTP of any version.
  HTTP("HTTPRoute"),
  /// gRPC, which is HTTP/2.
  GRPC("GRPCRoute"),
  /// Bytes, of connections whose TLS ended at the gateway or that had none.
  BYTES("TLSRoute", "TCPRoute"),
  /// Bytes of a TLS connection that goes through as it is: there is no second TLS around it.
  PASSTHROUGH("TLSRoute with Passthrough"),
  /// Datagrams, around which there is no TLS.
  DATAGRAMS("UDPRoute");

  private final List<String> names;

  RouteKind(String... names) {
    this.names = Arrays.asList(names);
  }

  /// Whether the hop is as it is, whatever anybody says about TLS and protocols.
  public boolean isFixed() {
    return this == PASSTHROUGH || this == DATAGRAMS;
  }

  /// As the Gateway API calls the kinds.
  public List<String> names() {
    return List.copyOf(names);
  }
}
