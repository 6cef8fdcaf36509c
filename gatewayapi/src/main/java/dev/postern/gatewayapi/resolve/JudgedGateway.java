package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.DownstreamTls;
import java.util.List;
import java.util.Optional;

/// A Gateway of ours, judged.
///
/// @param refused why it is not accepted as a whole; nothing of it is served then
/// @param addresses to bind, as IP addresses in text form
/// @param unsupportedAddress what else spec.addresses asks for; `addresses` are served all the same
public record JudgedGateway(
    ObjectRef ref,
    Optional<Refusal> refused,
    List<String> addresses,
    Optional<Refusal> unsupportedAddress,
    List<Listener> listeners) {

  public JudgedGateway {
    addresses = List.copyOf(addresses);
    listeners = List.copyOf(listeners);
  }

  /// One of its listeners, or of a ListenerSet that joined it.
  ///
  /// @param owner the Gateway, or the ListenerSet
  /// @param routeKinds the kinds of routes that may attach
  /// @param refused why it is not accepted
  /// @param conflict why it is at odds with another listener of the Gateway; then it is refused too
  /// @param unresolved which of its references do not hold
  /// @param overlap hosts that it shares with another HTTPS listener of the same port
  /// @param tls what it serves over TLS; absent without, or when no certificate can be used
  public record Listener(
      ObjectRef owner,
      Gateway.Listener spec,
      List<Kind> routeKinds,
      Optional<Refusal> refused,
      Optional<Refusal> conflict,
      Optional<Refusal> unresolved,
      Optional<Refusal> overlap,
      Optional<DownstreamTls> tls) {

    public Listener {
      routeKinds = List.copyOf(routeKinds);
    }

    /// With another word about what it shares with other listeners.
    Listener withOverlap(Refusal why) {
      return new Listener(
          owner, spec, routeKinds, refused, conflict, unresolved, Optional.of(why), tls);
    }

    /// What tells it from all others, as a listener of that Gateway.
    public ListenerKey key(ObjectRef gateway) {
      return new ListenerKey(gateway, owner, spec.name());
    }

    /// What a route of bytes that came in there sends over its hops.
    public RouteKind bytes() {
      return ListenerProtocol.bytes(spec);
    }

    /// The host that it takes; [Hostnames#ANY] for any.
    public String host() {
      return spec.hostname().orElse(Hostnames.ANY);
    }

    /// Whether traffic can be served.
    public boolean isServed() {
      return refused.isEmpty() && (!endsTls() || tls.isPresent());
    }

    /// What it speaks; absent where that is not supported.
    public Optional<ListenerProtocol> protocol() {
      return ListenerProtocol.of(spec);
    }

    private boolean endsTls() {
      return protocol().map(ListenerProtocol::isTls).orElse(false)
          && !ListenerProtocol.isPassthrough(spec);
    }

    /// Whether it speaks HTTP over TLS to clients.
    public boolean isHttps() {
      return GatewayRules.isHttps(spec);
    }
  }
}
