package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.ClassRules.Standing;
import dev.postern.gatewayapi.resolve.ListenerReport.Outcome;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Conditions;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gateway.status.
final class GatewayReport {
  private final ClassRules classes;
  private final GatewayRules gateways;
  private final GatewaySides sides;
  private final AncestorLimit limit;
  private final ListenerReport listeners;
  private final ListenerSets sets;
  private final Sockets sockets;

  GatewayReport(
      ClassRules classes,
      GatewayRules gateways,
      GatewaySides sides,
      AncestorLimit limit,
      ListenerReport listeners,
      ListenerSets sets,
      Sockets sockets) {
    this.classes = classes;
    this.gateways = gateways;
    this.sides = sides;
    this.limit = limit;
    this.listeners = listeners;
    this.sets = sets;
    this.sockets = sockets;
  }

  Report of(Gateway gateway) {
    return new Report(
        gateway.ref(),
        gateways.judgement(gateway.ref()).map(judged -> status(gateway, judged)),
        findings(gateway));
  }

  private ObjectStatus status(Gateway gateway, JudgedGateway judged) {
    long generation = gateway.metadata().generation();
    GatewaySummary summary = GatewaySummary.of(judged, listeners, sockets);
    return new ObjectStatus.OfGateway(
        judged.refused().isPresent()
            ? List.of()
            : sockets.present(judged).stream()
                .map(address -> new ObjectStatus.Address("IPAddress", address))
                .toList(),
        conditions(gateway, summary),
        summary.outcomes().stream()
            .map(outcome -> listeners.status(judged.ref(), outcome, generation))
            .toList(),
        attachedSets(gateway, judged, summary));
  }

  /// Absent where nobody has to do with ListenerSets; else those whose status says Accepted.
  private Optional<Integer> attachedSets(
      Gateway gateway, JudgedGateway judged, GatewaySummary summary) {
    if (gateway.allowedListeners() instanceof Gateway.FromNamespaces.None
        && !sets.isNamed(gateway.ref())) {
      return Optional.empty();
    }
    return Optional.of(
        summary.notAccepted().isPresent()
            ? 0
            : (int)
                sets.of(gateway).stream()
                    .filter(
                        set -> listeners.of(judged, set.ref()).stream().anyMatch(Outcome::isUsable))
                    .count());
  }

  private List<Condition> conditions(Gateway gateway, GatewaySummary summary) {
    Conditions conditions = new Conditions(gateway.metadata().generation());
    String refused = ListenerReport.see(summary.outcomes(), o -> o.refused().isPresent());
    String bad = ListenerReport.see(summary.outcomes(), o -> o.unprogrammed().isPresent());
    summary
        .notAccepted()
        .ifPresentOrElse(
            why -> conditions.no("Accepted", why.reason(), why.message()),
            () ->
                conditions.yes(
                    "Accepted", refused.isEmpty() ? "Accepted" : "ListenersNotValid", refused));
    summary
        .notProgrammed()
        .ifPresentOrElse(
            why -> conditions.no("Programmed", why.reason(), why.message()),
            () -> conditions.yes("Programmed", bad.isEmpty() ? "" : bad + ", which is not served"));
    resolvedRefs(gateway, summary, conditions);
    insecureFallback(gateway, conditions);
    policiesLeftOut(gateway, conditions);
    return conditions.list();
  }

  /// Always said: it sums up the listeners' in the positive, and such a condition belongs to every
  /// Gateway that is seen (GatewayConditionResolvedRefs; GEP-1364). It has no part in the others.
  private void resolvedRefs(Gateway gateway, GatewaySummary summary, Conditions conditions) {
    String unresolved =
        ListenerReport.see(summary.outcomes(), o -> o.listener().unresolved().isPresent());
    Optional<Refusal> problem = sides.problem(gateway.ref());
    if (problem.isPresent()) {
      conditions.no("ResolvedRefs", problem.get().reason(), problem.get().message());
    } else if (!unresolved.isEmpty()) {
      conditions.no("ResolvedRefs", "ListenersNotResolved", unresolved);
    } else {
      conditions.yes("ResolvedRefs", "");
    }
  }

  /// Stands there as long as the fallback does (GEP-91).
  private static void insecureFallback(Gateway gateway, Conditions conditions) {
    if (gateway.frontend().map(Gateway.Frontend::hasInsecureFallback).orElse(false)) {
      conditions.yes(
          "InsecureFrontendValidationMode",
          "ConfigurationChanged",
          "tls.frontend has mode AllowInsecureFallback: clients without a valid certificate come in"
              + " all the same");
    }
  }

  /// Stands there as long as the status of a policy has no room for this Gateway, which is told
  /// here, as PolicyStatus.ancestors asks.
  private void policiesLeftOut(Gateway gateway, Conditions conditions) {
    List<String> why =
        limit.policiesWithout(gateway.ref()).stream()
            .map(policy ->
                (policy.kind().equals(Kind.X_BACKEND_TRAFFIC_POLICY)
                        ? policy + " has no effect on requests from here"
                        : "What " + policy + " targets gets no requests from here (500)")
                    + ", because "
                    + AncestorLimit.because(policy, gateway.ref()))
            .toList();
    if (!why.isEmpty()) {
      conditions.yes("postern.dev/PoliciesLeftOut", "AncestorsFull", String.join(" ", why));
    }
  }

  private List<Finding> findings(Gateway gateway) {
    List<Finding> findings = new ArrayList<>();
    String name = gateway.gatewayClassName();
    switch (classes.standing(name)) {
      case Standing.Missing() ->
          findings.add(
              Findings.of(
                  gateway,
                  Severity.WARNING,
                  "spec.gatewayClassName",
                  "GatewayClass "
                      + name
                      + " does not exist, so that nobody serves this Gateway. Create one with"
                      + " controllerName "
                      + GatewayClass.CONTROLLER
                      + "."));
      case Standing.Foreign(String controller) ->
          findings.add(
              Findings.of(
                  gateway,
                  Severity.NOTE,
                  "spec.gatewayClassName",
                  "GatewayClass "
                      + name
                      + " belongs to "
                      + controller
                      + ", so that Postern leaves this Gateway alone."));
      case Standing.Ours(), Standing.OursRefused _ ->
          findings.addAll(ListenerReport.options(gateway, gateway.listeners()));
    }
    return findings;
  }
}
