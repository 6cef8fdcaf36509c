package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.AncestorLimit.Shared;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The Gateways that a policy on backends is reported for (PolicyStatus.ancestors), and what is to
/// be said where there is none.
final class PolicyAncestors {
  private final Objects objects;
  private final Ancestors ancestors;
  private final AncestorLimit limit;

  PolicyAncestors(Objects objects, Ancestors ancestors, AncestorLimit limit) {
    this.objects = objects;
    this.ancestors = ancestors;
    this.limit = limit;
  }

  /// Those that reach one of the targets.
  Shared of(Resource policy) {
    return limit.of(policy.ref());
  }

  /// Those that reach one target, sorted.
  private List<ObjectRef> of(Resource policy, TargetRef target) {
    return ancestors.of(PolicyTargets.service(policy.ref(), target));
  }

  /// How the policy stands at the targets that a Gateway reaches.
  Standings standings(
      Resource policy, List<TargetRef> targets, ObjectRef gateway, PolicyTargets claims) {
    return new Standings(
        targets.stream()
            .filter(target -> of(policy, target).contains(gateway))
            .map(target -> new Standings.At(target, claims.standing(policy.ref(), target)))
            .toList());
  }

  static Optional<ObjectStatus> status(
      Shared gateways, Function<ObjectRef, List<Condition>> conditions) {
    return Optional.of(
        new ObjectStatus.OfPolicy(
            gateways.named().stream()
                .map(gateway ->
                    new ObjectStatus.AncestorStatus(
                        gateway,
                        Optional.empty(),
                        GatewayClass.CONTROLLER,
                        conditions.apply(gateway)))
                .toList()));
  }

  /// @param effect what the policy does not do at a target that is not there
  /// @param kinds of targets, as a person says it
  List<Finding> findings(
      Resource policy, List<TargetRef> targets, Shared gateways, String effect, String kinds) {
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      ObjectRef target = PolicyTargets.service(policy.ref(), targets.get(i));
      if (objects.find(target, Resource.class).isEmpty()) {
        findings.add(
            Findings.of(
                policy,
                Severity.WARNING,
                "spec.targetRefs[" + i + "]",
                target
                    + " does not exist, so that this policy "
                    + effect
                    + " there. Check the name and the namespace: a policy targets "
                    + kinds
                    + " of its own namespace."));
      }
    }
    if (gateways.isEmpty() && findings.isEmpty()) {
      findings.add(
          Findings.of(
              policy,
              Severity.NOTE,
              "spec.targetRefs",
              "No Gateway reaches what this policy targets, so that nothing uses it yet."));
    }
    if (!gateways.leftOut().isEmpty()) {
      findings.add(
          Findings.of(
              policy,
              Severity.WARNING,
              "",
              "The status has room for "
                  + AncestorLimit.MAX
                  + " Gateways, the oldest. The policy cannot be implemented for the others that"
                  + " reach what it targets: "
                  + String.join(", ", gateways.leftOut().stream().map(ObjectRef::toString).toList())
                  + "."));
    }
    return findings;
  }
}
