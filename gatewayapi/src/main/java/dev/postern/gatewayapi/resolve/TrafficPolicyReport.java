package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import dev.postern.gatewayapi.resource.BackendTrafficPolicy;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Conditions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
    List<String> problems =
        standings.counting().stream()
            .flatMap(target -> problem(policy, target).stream())
            .distinct()
            .toList();
    boolean counts =
        standings.counting().stream().anyMatch(target -> problem(policy, target).isEmpty());
    List<Refusal> refusals =
        Stream.concat(
                problems.stream().map(why -> new Refusal("Invalid", "spec." + why)),
                standings.refusals().stream())
            .toList();
    Conditions conditions = new Conditions(policy.metadata().generation());
    if (counts) {
      conditions.yes(
          "Accepted", String.join("; ", refusals.stream().map(Refusal::message).toList()));
    } else {
      conditions.no("Accepted", refusals.getFirst().reason(), refusals.getFirst().message());
    }
    return conditions.list();
  }

  private Optional<String> problem(BackendTrafficPolicy policy, TargetRef target) {
    return policies.problem(policy, PolicyTargets.service(policy.ref(), target));
  }
}
