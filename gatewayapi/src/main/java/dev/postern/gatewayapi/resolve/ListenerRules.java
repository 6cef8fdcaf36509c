package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.GatewayRules.DraftListener;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Judges the listeners of one Gateway, those of its ListenerSets included, by what they say and
/// against each other.
final class ListenerRules {
  private final List<Owned> all;
  private final Map<Owned, Refusal> conflicts = new HashMap<>();

  private ListenerRules(List<Owned> all) {
    this.all = all;
  }

  /// A listener and whose it is.
  record Owned(ObjectRef owner, Gateway.Listener spec) {
    private boolean isSupported() {
      return ListenerProtocol.of(spec).isPresent();
    }

    private String host() {
      return spec.hostname().orElse(Hostnames.ANY);
    }

    private boolean isHttps() {
      return GatewayRules.isHttps(spec);
    }
  }

  /// @param listeners those of one owner together, and the owner who comes first, first: what is
  ///   the Gateway's or an older set's is not lost to a younger set (ListenerSet.spec.listeners)
  static List<DraftListener> judge(List<Owned> listeners) {
    ListenerRules rules = new ListenerRules(listeners);
    List<Owned> before = new ArrayList<>();
    for (ObjectRef owner : listeners.stream().map(Owned::owner).distinct().toList()) {
      List<Owned> own =
          listeners.stream().filter(l -> l.owner().equals(owner) && l.isSupported()).toList();
      own.forEach(l -> rules.conflict(l, before));
      List<Owned> left = own.stream().filter(l -> !rules.conflicts.containsKey(l)).toList();
      left.forEach(l -> rules.conflict(l, left));
      own.stream().filter(l -> !rules.conflicts.containsKey(l)).forEach(before::add);
    }
    return listeners.stream().map(rules::judge).toList();
  }

  private DraftListener judge(Owned listener) {
    Optional<ListenerProtocol> protocol = ListenerProtocol.of(listener.spec());
    if (protocol.isEmpty()) {
      return new DraftListener(
          listener.owner(),
          listener.spec(),
          List.of(),
          Optional.of(unsupportedProtocol(listener.spec())),
          Optional.empty(),
          Optional.empty());
    }
    Optional<Refusal> conflict = Optional.ofNullable(conflicts.get(listener));
    return new DraftListener(
        listener.owner(),
        listener.spec(),
        routeKinds(listener.spec(), protocol.get()),
        conflict.or(() -> unsupportedValue(listener.spec(), protocol.get())),
        conflict,
        overlap(listener));
  }

  private static Refusal unsupportedProtocol(Gateway.Listener listener) {
    return new Refusal(
        "UnsupportedProtocol",
        "protocol " + listener.protocol() + " is not supported; use HTTP, HTTPS, TLS, TCP or UDP");
  }

  private static Optional<Refusal> unsupportedValue(
      Gateway.Listener listener, ListenerProtocol protocol) {
    if (protocol == ListenerProtocol.HTTPS && ListenerProtocol.isPassthrough(listener)) {
      return Optional.of(
          new Refusal(
              "UnsupportedValue",
              "tls.mode Passthrough does not go with protocol HTTPS; use Terminate"));
    }
    return listener
        .tls()
        .flatMap(tls -> TlsOptions.of(tls.options()).problem())
        .map(why -> new Refusal("UnsupportedValue", "tls.options: " + why));
  }

  /// Listeners of one port must be distinct by protocol and host (Gateway.spec.listeners, Distinct
  /// Listeners). Both sides of a conflict within one object are refused, so that the order of the
  /// list does not decide. HTTPS and TLS go together, since the server name tells them apart; UDP
  /// is another socket.
  private void conflict(Owned listener, List<Owned> rivals) {
    ListenerProtocol protocol = ListenerProtocol.of(listener.spec()).orElseThrow();
    List<String> protocols = new ArrayList<>();
    List<String> hosts = new ArrayList<>();
    for (Owned other : rivals) {
      ListenerProtocol theirs = ListenerProtocol.of(other.spec()).orElseThrow();
      if (other.equals(listener) || other.spec().port() != listener.spec().port()) {
        continue;
      }
      if (!theirs.goesWith(protocol)) {
        protocols.add(name(other, listener));
      } else if (theirs.transport() == protocol.transport()
          && other.host().equals(listener.host())) {
        hosts.add(name(other, listener));
      }
    }
    if (!protocols.isEmpty()) {
      conflicts.put(
          listener,
          new Refusal(
              "ProtocolConflict",
              "listener "
                  + String.join(", ", protocols)
                  + " speaks another protocol on port "
                  + listener.spec().port()
                  + "; give one of them another port"));
    } else if (!hosts.isEmpty()) {
      conflicts.put(
          listener,
          new Refusal(
              "HostnameConflict",
              "listener "
                  + String.join(", ", hosts)
                  + " has the same port and hostname; change one of them"));
    }
  }

  private static String name(Owned other, Owned asking) {
    return other.owner().equals(asking.owner())
        ? other.spec().name()
        : other.spec().name() + " of " + other.owner();
  }

  /// HTTPS listeners of one port whose hosts overlap share a client's connection when their
  /// certificates do (GEP-3567), which the status must say.
  private Optional<Refusal> overlap(Owned listener) {
    if (!listener.isHttps()) {
      return Optional.empty();
    }
    List<String> others =
        all.stream()
            .filter(o ->
                !o.equals(listener) && o.spec().port() == listener.spec().port() && o.isHttps())
            .filter(o -> Hostnames.overlap(o.host(), listener.host()))
            .map(o -> name(o, listener))
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

  /// The kinds that may attach: those asked for, as far as the protocol can carry them.
  private static List<Kind> routeKinds(Gateway.Listener listener, ListenerProtocol protocol) {
    List<Kind> asked = listener.allowedRoutes().kinds();
    return asked.isEmpty()
        ? protocol.routeKinds()
        : asked.stream().filter(protocol.routeKinds()::contains).distinct().toList();
  }

  static Optional<Refusal> invalidRouteKinds(Gateway.Listener listener) {
    Optional<ListenerProtocol> protocol = ListenerProtocol.of(listener);
    if (protocol.isEmpty()) {
      return Optional.empty();
    }
    List<Kind> possible = protocol.get().routeKinds();
    List<String> invalid =
        listener.allowedRoutes().kinds().stream()
            .filter(kind -> !possible.contains(kind))
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
                    + "; "
                    + String.join(" and ", possible.stream().map(Kind::kind).toList())
                    + " can"));
  }
}
