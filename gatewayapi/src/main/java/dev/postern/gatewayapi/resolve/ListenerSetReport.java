package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.ListenerReport.Outcome;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.ListenerSet;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.Condition;
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
    return new ObjectStatus.OfListenerSet(
        judged
            .refused()
            .map(why -> {
              String message = gateway.ref() + " is not accepted: " + why.message();
              conditions.no("Accepted", "ParentNotAccepted", message);
              return conditions.no("Programmed", "ParentNotProgrammed", message).list();
            })
            .orElseGet(() -> conditions(judged, outcomes, conditions)),
        outcomes.stream()
            .map(outcome -> listeners.status(gateway.ref(), outcome, generation))
            .toList());
  }

  private List<Condition> conditions(
      JudgedGateway gateway, List<Outcome> outcomes, Conditions conditions) {
    List<String> bad =
        outcomes.stream()
            .filter(o -> o.refused().isPresent() || o.unprogrammed().isPresent())
            .map(o -> o.listener().spec().name())
            .toList();
    String see = "see listener " + String.join(", ", bad);
    if (outcomes.stream().noneMatch(Outcome::isUsable)) {
      conditions.no("Accepted", "ListenersNotValid", see);
      return conditions.no("Programmed", "ListenersNotValid", see).list();
    }
    boolean anyRefused = outcomes.stream().anyMatch(o -> o.refused().isPresent());
    conditions.yes(
        "Accepted", anyRefused ? "ListenersNotValid" : "Accepted", anyRefused ? see : "");
    if (sockets.present(gateway).isEmpty()) {
      conditions.no(
          "Programmed",
          "ParentNotProgrammed",
          "this machine has no address of " + gateway.ref() + "; see its condition Programmed");
    } else {
      conditions.yes("Programmed", bad.isEmpty() ? "" : see + ", which is not served");
    }
    return conditions.list();
  }
}
