package dev.postern.gatewayapi.resolve.hop;

import java.util.Arrays;
import java.util.List;

/// What a route sends over a hop.
public enum RouteKind {
  /// HTTP of any version.
  HTTP("HTTPRoute"),
  /// gRPC, which is HTTP/2.
  GRPC("GRPCRoute"),
  /// Bytes, of connections whose TLS ended at the gateway or that had none. Not served yet.
  BYTES("TLSRoute", "TCPRoute");

  private final List<String> names;

  RouteKind(String... names) {
    this.names = Arrays.asList(names);
  }

  /// As the Gateway API calls the kinds.
  public List<String> names() {
    return List.copyOf(names);
  }
}
