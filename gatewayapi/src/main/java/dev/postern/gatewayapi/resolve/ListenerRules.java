package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.GatewayRules.DraftListener;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Judges the listeners of one Gateway by what they say, and against each other.
final class ListenerRules {
  /// What attaches to HTTP and HTTPS listeners.
  private static final List<Kind> ROUTE_KINDS = List.of(Kind.HTTP_ROUTE, Kind.GRPC_ROUTE);

  private ListenerRules() {}

  /// @param unsupported by listener, the fields that are not built yet
  static List<DraftListener> judge(
      List<Gateway.Listener> listeners, List<List<String>> unsupported) {
    return IntStream.range(0, listeners.size())
        .mapToObj(i -> judge(listeners.get(i), listeners, unsupported.get(i)))
        .toList();
  }

  private static DraftListener judge(
      Gateway.Listener listener, List<Gateway.Listener> all, List<String> unsupported) {
    if (!isSupported(listener)) {
      return new DraftListener(
          listener,
          List.of(),
          Optional.of(unsupportedProtocol(listener)),
          Optional.empty(),
          Optional.empty());
    }
    Optional<Refusal> conflict = conflict(listener, all);
    Optional<Refusal> refused = conflict.or(() -> unsupportedValue(listener, unsupported));
    return new DraftListener(
        listener, routeKinds(listener), refused, conflict, overlap(listener, all));
  }

  private static boolean isSupported(Gateway.Listener listener) {
    return listener.protocol().equals("HTTP") || GatewayRules.isHttps(listener);
  }

  private static Refusal unsupportedProtocol(Gateway.Listener listener) {
    return new Refusal(
        "UnsupportedProtocol",
        "protocol " + listener.protocol() + " is not supported; use HTTP or HTTPS");
  }

  private static Optional<Refusal> unsupportedValue(
      Gateway.Listener listener, List<String> unsupported) {
    if (!unsupported.isEmpty()) {
      return Optional.of(new Refusal("UnsupportedValue", GatewayRules.notBuilt(unsupported)));
    }
    return listener
        .tls()
        .filter(tls -> GatewayRules.isHttps(listener) && !tls.mode().equals("Terminate"))
        .map(tls ->
            new Refusal(
                "UnsupportedValue",
                "tls.mode " + tls.mode() + " does not go with protocol HTTPS; use Terminate"));
  }

  /// Listeners of one port must be distinct by protocol and host (Gateway.spec.listeners). Both
  /// sides of a conflict are refused, so that the order of the list does not decide.
  private static Optional<Refusal> conflict(Gateway.Listener listener, List<Gateway.Listener> all) {
    List<String> protocols = new ArrayList<>();
    List<String> hosts = new ArrayList<>();
    for (Gateway.Listener other : all) {
      if (other.name().equals(listener.name())
          || other.port() != listener.port()
          || !isSupported(other)) {
        continue;
      }
      if (!other.protocol().equals(listener.protocol())) {
        protocols.add(other.name());
      } else if (other.hostname().equals(listener.hostname())) {
        hosts.add(other.name());
      }
    }
    if (!protocols.isEmpty()) {
      return Optional.of(
          new Refusal(
              "ProtocolConflict",
              "listener "
                  + String.join(", ", protocols)
                  + " speaks another protocol on port "
                  + listener.port()
                  + "; give one of them another port"));
    }
    return hosts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                "HostnameConflict",
                "listener "
                    + String.join(", ", hosts)
                    + " has the same port and hostname; change one of them"));
  }

  /// HTTPS listeners of one port whose hosts overlap share a client's connection when their
  /// certificates do (GEP-3567), which the status must say.
  private static Optional<Refusal> overlap(Gateway.Listener listener, List<Gateway.Listener> all) {
    if (!GatewayRules.isHttps(listener)) {
      return Optional.empty();
    }
    List<String> others =
        all.stream()
            .filter(o ->
                !o.name().equals(listener.name())
                    && o.port() == listener.port()
                    && GatewayRules.isHttps(o))
            .filter(o -> Hostnames.overlap(host(o), host(listener)))
            .map(Gateway.Listener::name)
            .toList();
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                "OverlappingHostnames",
                "hosts of this listener are taken by listener "
                    + String.join(", ", others)
                    + " too; a client may reuse one connection for both"));
  }

  private static String host(Gateway.Listener listener) {
    return listener.hostname().orElse(Hostnames.ANY);
  }

  /// The kinds that may attach: those asked for, as far as the protocol can carry them.
  private static List<Kind> routeKinds(Gateway.Listener listener) {
    List<Kind> asked = listener.allowedRoutes().kinds();
    return asked.isEmpty()
        ? ROUTE_KINDS
        : asked.stream().filter(ROUTE_KINDS::contains).distinct().toList();
  }

  static Optional<Refusal> invalidRouteKinds(Gateway.Listener listener) {
    if (!isSupported(listener)) {
      return Optional.empty();
    }
    List<String> invalid =
        listener.allowedRoutes().kinds().stream()
            .filter(kind -> !ROUTE_KINDS.contains(kind))
            .map(Kind::toString)
            .toList();
    return invalid.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                "InvalidRouteKinds",
                "allowedRoutes.kinds: "
                    + String.join(", ", invalid)
                    + " cannot attach to a listener of protocol "
                    + listener.protocol()
                    + "; HTTPRoute and GRPCRoute can"));
  }
}
