package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.ListenerReport.Outcome;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.ListenerSet;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.Conditions;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.List;
import java.util.Optional;

/// ListenerSet.status (GEP-1713).
final class ListenerSetReport {
  private final Objects objects;
  private final GatewayRules gateways;
  private final ListenerReport listeners;
  private final ListenerSets sets;
  private final Sockets sockets;

  ListenerSetReport(
      Objects objects,
      GatewayRules gateways,
      ListenerReport listeners,
      ListenerSets sets,
      Sockets sockets) {
    this.objects = objects;
    this.gateways = gateways;
    this.listeners = listeners;
    this.sets = sets;
    this.sockets = sockets;
  }

  Report of(ListenerSet set) {
    ObjectRef parent = set.parent();
    Optional<Gateway> gateway = objects.find(parent, Gateway.class);
    if (gateway.isEmpty()) {
      return new Report(
          set.ref(),
          Optional.empty(),
          List.of(
              Findings.of(
                  set,
                  Severity.WARNING,
                  "spec.parentRef",
                  parent
                      + " does not exist or is not valid, so that these listeners are not served.")));
    }
    Optional<JudgedGateway> judged = gateways.judgement(parent);
    List<Finding> findings =
        judged.isPresent() ? ListenerReport.options(set, set.listeners()) : List.of();
    return new Report(set.ref(), judged.map(of -> status(set, gateway.get(), of)), findings);
  }

  private ObjectStatus status(ListenerSet set, Gateway gateway, JudgedGateway judged) {
    long generation = set.metadata().generation();
    Conditions conditions = new Conditions(generation);
    if (!sets.isAllowed(gateway, set.ref())) {
      String why =
          gateway.ref()
              + " takes no ListenerSets of namespace "
              + set.metadata().namespace()
              + "; see its spec.allowedListeners";
      conditions.no("Accepted", "NotAllowed", why).no("Programmed", "NotAllowed", why);
      return new ObjectStatus.OfListenerSet(conditions.list(), List.of());
    }
    List<Outcome> outcomes = listeners.of(judged, set.ref());
    GatewaySummary parent = GatewaySummary.of(judged, listeners, sockets);
    accepted(gateway.ref(), judged, parent, outcomes, conditions);
    programmed(gateway.ref(), parent, outcomes, conditions);
    return new ObjectStatus.OfListenerSet(
        conditions.list(),
        outcomes.stream()
            .map(outcome -> listeners.status(gateway.ref(), outcome, generation))
            .toList());
  }

  /// Where only a part of the listeners can be used, the set is accepted, and the reason says so,
  /// whatever is wrong with the others.
  private static void accepted(
      ObjectRef gateway,
      JudgedGateway judged,
      GatewaySummary parent,
      List<Outcome> outcomes,
      Conditions conditions) {
    String unusable = ListenerReport.see(outcomes, outcome -> !outcome.isUsable());
    if (parent.notAccepted().isPresent()) {
      conditions.no(
          "Accepted",
          "ParentNotAccepted",
          gateway
              + " is not accepted: "
              + parent.notAccepted().get().message()
              + (judged.refused().isPresent() || outcomes.stream().noneMatch(Outcome::isUsable)
                  ? ""
                  : ". What can be served of these listeners is served all the same"));
    } else if (outcomes.stream().noneMatch(Outcome::isUsable)) {
      conditions.no("Accepted", "ListenersNotValid", unusable);
    } else {
      conditions.yes("Accepted", unusable.isEmpty() ? "Accepted" : "ListenersNotValid", unusable);
    }
  }

  private static void programmed(
      ObjectRef gateway, GatewaySummary parent, List<Outcome> outcomes, Conditions conditions) {
    String unserved = ListenerReport.see(outcomes, o -> o.unprogrammed().isPresent());
    if (parent.notProgrammed().isPresent()) {
      conditions.no(
          "Programmed",
          "ParentNotProgrammed",
          gateway + " is not programmed: " + parent.notProgrammed().get().message());
    } else if (outcomes.stream().noneMatch(Outcome::isUsable)) {
      conditions.no("Programmed", "ListenersNotValid", unserved);
    } else {
      conditions.yes("Programmed", unserved.isEmpty() ? "" : unserved + ", which is not served");
    }
  }
}
