package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Index;
import dev.postern.gatewayapi.memo.Inputs;
import dev.postern.gatewayapi.resolve.ClassRules.Standing;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.ObjectRef;
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
  private final Index<ListenerKey, ObjectRef> attached;
  private final Inputs<String, String> bindErrors;

  /// @param attached the routes of each listener
  /// @param bindErrors by address and port as the ir names listeners, why it could not be bound
  GatewayReport(
      ClassRules classes,
      GatewayRules gateways,
      GatewaySides sides,
      Index<ListenerKey, ObjectRef> attached,
      Inputs<String, String> bindErrors) {
    this.classes = classes;
    this.gateways = gateways;
    this.sides = sides;
    this.attached = attached;
    this.bindErrors = bindErrors;
  }

  Report of(Gateway gateway) {
    return new Report(
        gateway.ref(),
        gateways.judgement(gateway.ref()).map(judged -> status(gateway, judged)),
        findings(gateway));
  }

  private ObjectStatus status(Gateway gateway, JudgedGateway judged) {
    long generation = gateway.metadata().generation();
    List<ListenerOutcome> outcomes =
        judged.listeners().stream().map(listener -> outcome(judged, listener)).toList();
    List<ObjectStatus.ListenerStatus> listeners =
        outcomes.stream().map(outcome -> status(judged.ref(), outcome, generation)).toList();
    return new ObjectStatus.OfGateway(
        judged.refused().isPresent()
            ? List.of()
            : judged.addresses().stream()
                .map(address -> new ObjectStatus.Address("IPAddress", address))
                .toList(),
        conditions(gateway, judged, outcomes, generation),
        listeners);
  }

  /// @param refused why it is not accepted, the socket that could not be bound included
  private record ListenerOutcome(
      JudgedGateway.Listener listener, Optional<Refusal> refused, Optional<Refusal> unprogrammed) {}

  private ListenerOutcome outcome(JudgedGateway gateway, JudgedGateway.Listener listener) {
    Optional<Refusal> refused = listener.refused().or(() -> bindError(gateway, listener));
    Optional<Refusal> unprogrammed =
        gateway
            .refused()
            .or(() -> refused)
            .or(() -> listener.isServed() ? Optional.empty() : listener.unresolved());
    return new ListenerOutcome(listener, refused, unprogrammed);
  }

  private Optional<Refusal> bindError(JudgedGateway gateway, JudgedGateway.Listener listener) {
    if (gateway.refused().isPresent() || !listener.isServed()) {
      return Optional.empty();
    }
    List<String> errors =
        gateway.addresses().stream()
            .map(address -> bindErrors.get(socket(address, listener.spec().port())))
            .filter(error -> !error.isEmpty())
            .toList();
    return errors.isEmpty()
        ? Optional.empty()
        : Optional.of(new Refusal("PortUnavailable", String.join("; ", errors)));
  }

  static String socket(String address, int port) {
    return address + "_" + port;
  }

  private List<Condition> conditions(
      Gateway gateway, JudgedGateway judged, List<ListenerOutcome> outcomes, long generation) {
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
    if (allRefused) {
      conditions.no("Accepted", "ListenersNotValid", see);
    } else {
      conditions.yes(
          "Accepted", anyRefused ? "ListenersNotValid" : "Accepted", anyRefused ? see : "");
    }
    if (outcomes.stream().allMatch(o -> o.unprogrammed().isPresent())) {
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
    return conditions.list();
  }

  private ObjectStatus.ListenerStatus status(
      ObjectRef gateway, ListenerOutcome outcome, long generation) {
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
            why -> conditions.no("Programmed", "Invalid", why.message()),
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
        attached.count(new ListenerKey(gateway, listener.spec().name())),
        conditions.list());
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
      case Standing.Ours(), Standing.OursRefused _ -> optionFindings(gateway, findings);
    }
    return findings;
  }

  private static void optionFindings(Gateway gateway, List<Finding> findings) {
    for (int i = 0; i < gateway.listeners().size(); i++) {
      String field = "spec.listeners[" + i + "].tls.options";
      gateway.listeners().get(i).tls().stream()
          .flatMap(tls -> tls.options().keySet().stream())
          .sorted()
          .map(option ->
              Findings.of(
                  gateway,
                  Severity.WARNING,
                  field,
                  "Postern does not know the option " + option + "; it has no effect"))
          .forEach(findings::add);
    }
  }
}
