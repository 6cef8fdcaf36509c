package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Index;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.status.Conditions;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// status.listeners[] of Gateways and ListenerSets.
final class ListenerReport {
  private final Index<ListenerKey, ObjectRef> attached;
  private final Sockets sockets;

  /// @param attached the routes of each listener
  ListenerReport(Index<ListenerKey, ObjectRef> attached, Sockets sockets) {
    this.attached = attached;
    this.sockets = sockets;
  }

  /// @param refused why it is not accepted, the socket that could not be bound included
  record Outcome(
      JudgedGateway.Listener listener, Optional<Refusal> refused, Optional<Refusal> unprogrammed) {
    /// Whether something of it can be served.
    boolean isUsable() {
      return refused.isEmpty() && listener.isServed();
    }
  }

  /// What became of the listeners that an object brings to a Gateway.
  List<Outcome> of(JudgedGateway gateway, ObjectRef owner) {
    return gateway.listeners().stream()
        .filter(listener -> listener.owner().equals(owner))
        .map(listener -> outcome(gateway, listener))
        .toList();
  }

  /// Points at those of which something is true; empty where it is of none.
  static String see(List<Outcome> outcomes, Predicate<Outcome> only) {
    List<String> names =
        outcomes.stream().filter(only).map(o -> o.listener().spec().name()).toList();
    return names.isEmpty() ? "" : "see listener " + String.join(", ", names);
  }

  private Outcome outcome(JudgedGateway gateway, JudgedGateway.Listener listener) {
    Optional<Refusal> refused = listener.refused().or(() -> bindError(gateway, listener));
    Optional<Refusal> unprogrammed =
        gateway
            .refused()
            .or(() -> refused)
            .or(() -> listener.isServed() ? noAddress(gateway) : listener.unresolved());
    return new Outcome(listener, refused, unprogrammed);
  }

  private Optional<Refusal> bindError(JudgedGateway gateway, JudgedGateway.Listener listener) {
    return gateway.refused().isPresent() || !listener.isServed()
        ? Optional.empty()
        : sockets.error(gateway, listener).map(error -> new Refusal("PortUnavailable", error));
  }

  /// The port may be free, but there is nowhere to listen on it.
  private Optional<Refusal> noAddress(JudgedGateway gateway) {
    return sockets.present(gateway).isEmpty()
        ? Optional.of(
            new Refusal(
                "Invalid",
                "this machine has no address of "
                    + gateway.ref()
                    + "; see its condition Programmed"))
        : Optional.empty();
  }

  ObjectStatus.ListenerStatus status(ObjectRef gateway, Outcome outcome, long generation) {
    JudgedGateway.Listener listener = outcome.listener();
    Conditions conditions = new Conditions(generation);
    outcome
        .refused()
        .ifPresentOrElse(
            why -> conditions.no("Accepted", why.reason(), why.message()),
            () -> conditions.yes("Accepted", ""));
    outcome
        .unprogrammed()
        .ifPresentOrElse(
            why -> conditions.no("Programmed", unprogrammed(gateway, listener, why), why.message()),
            () -> conditions.yes("Programmed", ""));
    listener
        .unresolved()
        .ifPresentOrElse(
            why -> conditions.no("ResolvedRefs", why.reason(), why.message()),
            () -> conditions.yes("ResolvedRefs", ""));
    listener
        .conflict()
        .ifPresentOrElse(
            why -> conditions.yes("Conflicted", why.reason(), why.message()),
            () -> conditions.no("Conflicted", "NoConflicts", ""));
    listener
        .overlap()
        .ifPresent(why -> conditions.yes("OverlappingTLSConfig", why.reason(), why.message()));
    return new ObjectStatus.ListenerStatus(
        listener.spec().name(),
        listener.routeKinds(),
        attached.count(listener.key(gateway)),
        conditions.list());
  }

  /// ListenerSet.status tells more than Gateway.status, which knows `Invalid` alone.
  private static String unprogrammed(
      ObjectRef gateway, JudgedGateway.Listener listener, Refusal why) {
    boolean isTold =
        why.reason().equals("PortUnavailable")
            || listener.conflict().filter(why::equals).isPresent();
    return isTold && !listener.owner().equals(gateway) ? why.reason() : "Invalid";
  }

  /// TLS options that nobody follows.
  static List<Finding> options(Resource owner, List<Gateway.Listener> listeners) {
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < listeners.size(); i++) {
      String field = "spec.listeners[" + i + "].tls.options";
      listeners.get(i).tls().stream()
          .flatMap(tls -> tls.options().keySet().stream())
          .filter(option -> !TlsOptions.KEYS.contains(option))
          .sorted()
          .map(option ->
              Findings.of(
                  owner,
                  Severity.WARNING,
                  field,
                  "Postern does not know the option " + option + "; it has no effect"))
          .forEach(findings::add);
    }
    return findings;
  }
}
