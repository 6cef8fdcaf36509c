package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.ir.Listener.Transport;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The protocols that a listener may speak (Gateway.spec.listeners[].protocol).
public enum ListenerProtocol {
  HTTP(Family.HTTP, Kind.HTTP_ROUTE, Kind.GRPC_ROUTE),
  HTTPS(Family.TLS, Kind.HTTP_ROUTE, Kind.GRPC_ROUTE),
  TLS(Family.TLS, Kind.TLS_ROUTE),
  TCP(Family.TCP, Kind.TCP_ROUTE),
  UDP(Family.UDP, Kind.UDP_ROUTE);

  /// What may share a port: connections of one family can be told apart by their host name, where
  /// they have one.
  enum Family {
    HTTP,
    TLS,
    TCP,
    UDP
  }

  private final Family family;
  private final List<Kind> routeKinds;

  ListenerProtocol(Family family, Kind... routeKinds) {
    this.family = family;
    this.routeKinds = Arrays.asList(routeKinds);
  }

  /// The protocol of a listener; absent for one that is not served.
  public static Optional<ListenerProtocol> of(Gateway.Listener listener) {
    return Arrays.stream(values()).filter(p -> p.name().equals(listener.protocol())).findFirst();
  }

  /// Whether TLS goes through as it is (Gateway.spec.listeners[].tls.mode).
  public static boolean isPassthrough(Gateway.Listener listener) {
    return listener.tls().map(tls -> tls.mode().equals("Passthrough")).orElse(false);
  }

  /// What a route of bytes sends over its hops when it came in through a listener.
  static RouteKind bytes(Gateway.Listener listener) {
    if (of(listener).filter(UDP::equals).isPresent()) {
      return RouteKind.DATAGRAMS;
    }
    return isPassthrough(listener) ? RouteKind.PASSTHROUGH : RouteKind.BYTES;
  }

  /// Whether HTTP is spoken, in plaintext or over TLS.
  public boolean isHttp() {
    return routeKinds.contains(Kind.HTTP_ROUTE);
  }

  /// Whether connections are chosen by their ClientHello.
  public boolean isTls() {
    return family == Family.TLS;
  }

  /// What is bound.
  public Transport transport() {
    return family == Family.UDP ? Transport.UDP : Transport.TCP;
  }

  /// The kinds of routes that it can carry.
  List<Kind> routeKinds() {
    return List.copyOf(routeKinds);
  }

  /// Whether both can be bound to one port number.
  boolean goesWith(ListenerProtocol other) {
    return family == other.family || transport() != other.transport();
  }
}
