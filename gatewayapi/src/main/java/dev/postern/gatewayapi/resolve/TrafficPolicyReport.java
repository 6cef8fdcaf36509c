package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.BackendTrafficPolicy;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Conditions;
import java.util.List;
import java.util.Optional;

/// XBackendTrafficPolicy.status, and what is to be said where no Gateway can carry it.
final class TrafficPolicyReport {
  private final TrafficPolicies policies;
  private final PolicyAncestors ancestors;

  TrafficPolicyReport(TrafficPolicies policies, PolicyAncestors ancestors) {
    this.policies = policies;
    this.ancestors = ancestors;
  }

  Report of(BackendTrafficPolicy policy) {
    AncestorLimit.Shared gateways = ancestors.of(policy);
    return new Report(
        policy.ref(),
        PolicyAncestors.status(gateways, gateway -> conditions(policy, gateway)),
        ancestors.findings(policy, policy.targetRefs(), gateways, "has no effect", "backends"));
  }

  /// Accepted as long as it counts at one of the targets that the Gateway reaches; the message
  /// names the others.
  private List<Condition> conditions(BackendTrafficPolicy policy, ObjectRef gateway) {
    Standings standings =
        ancestors.standings(policy, policy.targetRefs(), gateway, policies.targets());
    Optional<Refusal> refused =
        policy
            .sessionPersistence()
            .flatMap(session -> SessionNames.problem(session).or(() -> clash(policy, standings)))
            .map(why -> new Refusal("Invalid", "spec." + why))
            .or(() ->
                standings.counting().isEmpty()
                    ? standings.refusals().stream().findFirst()
                    : Optional.empty());
    Conditions conditions = new Conditions(policy.metadata().generation());
    refused.ifPresentOrElse(
        why -> conditions.no("Accepted", why.reason(), why.message()),
        () ->
            conditions.yes(
                "Accepted",
                String.join("; ", standings.refusals().stream().map(Refusal::message).toList())));
    return conditions.list();
  }

  private Optional<String> clash(BackendTrafficPolicy policy, Standings standings) {
    String namespace = policy.metadata().namespace();
    return standings.counting().stream()
        .flatMap(to -> policies.clash(new ObjectRef(to.kind(), namespace, to.name())).stream())
        .findFirst();
  }
}
