package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Conditions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// BackendTLSPolicy.status, and what is to be said where no Gateway can carry it.
final class PolicyReport {
  private final PolicyTargets targets;
  private final PolicyValidation validation;
  private final PolicyAncestors ancestors;

  PolicyReport(PolicyTargets targets, PolicyValidation validation, PolicyAncestors ancestors) {
    this.targets = targets;
    this.validation = validation;
    this.ancestors = ancestors;
  }

  Report of(BackendTlsPolicy policy) {
    AncestorLimit.Shared gateways = ancestors.of(policy);
    List<Finding> findings =
        new ArrayList<>(
            ancestors.findings(
                policy, policy.targetRefs(), gateways, "protects nothing", "Services"));
    for (String unknown : unknownOptions(policy)) {
      findings.add(Findings.of(policy, Severity.WARNING, "spec.options", unknown));
    }
    return new Report(
        policy.ref(),
        PolicyAncestors.status(gateways, gateway -> conditions(policy, gateway)),
        findings);
  }

  /// One entry speaks for all targets that the Gateway reaches: the policy is accepted there as
  /// long as one of them is as it says; the message names the others.
  private List<Condition> conditions(BackendTlsPolicy policy, ObjectRef gateway) {
    Standings standings = ancestors.standings(policy, policy.targetRefs(), gateway, targets);
    List<String> notes = new ArrayList<>(standings.notes());
    standings.refusals().forEach(refusal -> notes.add(refusal.message()));
    PolicyValidation.Judged judged = validation.of(policy.ref());
    notes.addAll(unknownOptions(policy));
    Optional<Refusal> refused =
        standings.counting().isEmpty() && !policy.standsIn()
            ? Optional.of(standings.refusals().getFirst())
            : judged.refused();
    notes.removeIf(String::isEmpty);
    Conditions conditions = new Conditions(policy.metadata().generation());
    refused.ifPresentOrElse(
        why -> conditions.no("Accepted", why.reason(), why.message()),
        () -> conditions.yes("Accepted", String.join("; ", notes)));
    judged
        .unresolved()
        .ifPresentOrElse(
            why -> conditions.no("ResolvedRefs", why.reason(), why.message()),
            () -> conditions.yes("ResolvedRefs", ""));
    return conditions.list();
  }

  private static List<String> unknownOptions(BackendTlsPolicy policy) {
    return policy.options().keySet().stream()
        .sorted()
        .map(option -> "Postern does not know the option " + option + "; it has no effect")
        .toList();
  }
}
