package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.ClassRules.Standing;
import dev.postern.gatewayapi.resolve.ListenerReport.Outcome;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.GatewayClass;
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
  private final ListenerReport listeners;
  private final ListenerSets sets;
  private final Sockets sockets;

  GatewayReport(
      ClassRules classes,
      GatewayRules gateways,
      GatewaySides sides,
      ListenerReport listeners,
      ListenerSets sets,
      Sockets sockets) {
    this.classes = classes;
    this.gateways = gateways;
    this.sides = sides;
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
    List<Outcome> outcomes = listeners.of(judged, gateway.ref());
    return new ObjectStatus.OfGateway(
        judged.refused().isPresent()
            ? List.of()
            : sockets.present(judged).stream()
                .map(address -> new ObjectStatus.Address("IPAddress", address))
                .toList(),
        conditions(gateway, judged, outcomes, generation),
        outcomes.stream()
            .map(outcome -> listeners.status(judged.ref(), outcome, generation))
            .toList(),
        attachedSets(gateway, judged));
  }

  /// Absent where nobody has to do with ListenerSets.
  private Optional<Integer> attachedSets(Gateway gateway, JudgedGateway judged) {
    if (gateway.allowedListeners() instanceof Gateway.FromNamespaces.None
        && !sets.isNamed(gateway.ref())) {
      return Optional.empty();
    }
    return Optional.of(
        judged.refused().isPresent()
            ? 0
            : (int)
                sets.of(gateway).stream()
                    .filter(
                        set -> listeners.of(judged, set.ref()).stream().anyMatch(Outcome::isUsable))
                    .count());
  }

  private List<Condition> conditions(
      Gateway gateway, JudgedGateway judged, List<Outcome> outcomes, long generation) {
    Conditions conditions = new Conditions(generation);
    List<String> bad =
        outcomes.stream()
            .filter(o -> o.refused().isPresent() || o.unprogrammed().isPresent())
            .map(o -> o.listener().spec().name())
            .toList();
    boolean allRefused = outcomes.stream().allMatch(o -> o.refused().isPresent());
    boolean anyRefused = outcomes.stream().anyMatch(o -> o.refused().isPresent());
    String see = "see listener " + String.join(", ", bad);
    if (judged.refused().isPresent()) {
      Refusal why = judged.refused().get();
      conditions.no("Accepted", why.reason(), why.message());
      return conditions.no("Programmed", "Invalid", why.message()).list();
    }
    Optional<Refusal> unsupported = judged.unsupportedAddress();
    Optional<Refusal> unusable = unusable(judged);
    if (unsupported.isPresent()) {
      conditions.no("Accepted", unsupported.get().reason(), unsupported.get().message());
    } else if (allRefused) {
      conditions.no("Accepted", "ListenersNotValid", see);
    } else {
      conditions.yes(
          "Accepted", anyRefused ? "ListenersNotValid" : "Accepted", anyRefused ? see : "");
    }
    if (unusable.isPresent()) {
      conditions.no("Programmed", unusable.get().reason(), unusable.get().message());
    } else if (outcomes.stream().allMatch(o -> o.unprogrammed().isPresent())) {
      conditions.no("Programmed", "Invalid", see);
    } else {
      conditions.yes("Programmed", bad.isEmpty() ? "" : see + ", which is not served");
    }
    List<String> unresolved =
        outcomes.stream()
            .filter(o -> o.listener().unresolved().isPresent())
            .map(o -> o.listener().spec().name())
            .toList();
    Optional<Refusal> problem = sides.problem(judged.ref());
    if (problem.isPresent()) {
      conditions.no("ResolvedRefs", problem.get().reason(), problem.get().message());
    } else if (!unresolved.isEmpty()) {
      conditions.no(
          "ResolvedRefs", "ListenersNotResolved", "see listener " + String.join(", ", unresolved));
    } else if (gateway.clientCertificateRef().isPresent()) {
      conditions.yes("ResolvedRefs", "");
    }
    insecureFallback(gateway, conditions);
    return conditions.list();
  }

  /// Addresses of the Gateway that cannot be had here (Gateway.spec.addresses).
  private Optional<Refusal> unusable(JudgedGateway judged) {
    List<String> missing = sockets.missing(judged);
    List<String> present = sockets.present(judged);
    List<String> why = new ArrayList<>();
    judged.unsupportedAddress().ifPresent(refusal -> why.add(refusal.message()));
    if (!missing.isEmpty()) {
      why.add(
          "this machine has no address "
              + String.join(", ", missing)
              + "; give it to a network interface or take it out of spec.addresses");
    }
    return why.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                "AddressNotUsable",
                String.join(". ", why)
                    + (present.isEmpty()
                        ? ". Nothing is served."
                        : ". Served at " + String.join(", ", present) + " alone.")));
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
