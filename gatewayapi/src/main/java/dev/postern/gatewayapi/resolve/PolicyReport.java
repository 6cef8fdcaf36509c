package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.PolicyTargets.Standing;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Conditions;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// BackendTLSPolicy.status, and what is to be said where no Gateway can carry it.
final class PolicyReport {
  /// PolicyStatus.ancestors takes no more.
  private static final int MAX_ANCESTORS = 16;

  private final Objects objects;
  private final PolicyTargets targets;
  private final PolicyValidation validation;
  private final Ancestors ancestors;

  PolicyReport(
      Objects objects, PolicyTargets targets, PolicyValidation validation, Ancestors ancestors) {
    this.objects = objects;
    this.targets = targets;
    this.validation = validation;
    this.ancestors = ancestors;
  }

  Report of(BackendTlsPolicy policy) {
    TreeSet<ObjectRef> gateways = new TreeSet<>();
    policy.targetRefs().forEach(target -> gateways.addAll(ancestorsOf(policy, target)));
    List<ObjectStatus.AncestorStatus> statuses =
        gateways.stream()
            .limit(MAX_ANCESTORS)
            .map(gateway ->
                new ObjectStatus.AncestorStatus(
                    gateway,
                    Optional.empty(),
                    GatewayClass.CONTROLLER,
                    conditions(policy, gateway)))
            .toList();
    return new Report(
        policy.ref(), Optional.of(new ObjectStatus.OfPolicy(statuses)), findings(policy, gateways));
  }

  private List<ObjectRef> ancestorsOf(BackendTlsPolicy policy, TargetRef target) {
    return ancestors.of(PolicyTargets.service(policy.ref(), target));
  }

  /// One entry speaks for all targets that the Gateway reaches: the policy is accepted there as
  /// long as one of them is as it says; the message names the others.
  private List<Condition> conditions(BackendTlsPolicy policy, ObjectRef gateway) {
    List<Refusal> refusals = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    boolean counts = false;
    for (TargetRef target : policy.targetRefs()) {
      if (ancestorsOf(policy, target).contains(gateway)) {
        switch (targets.standing(policy.ref(), target)) {
          case Standing.Counts(String note) -> {
            counts = true;
            notes.add(note);
          }
          case Standing.Refused(Refusal why) -> refusals.add(why);
        }
      }
    }
    PolicyValidation.Judged judged = validation.of(policy.ref());
    refusals.forEach(refusal -> notes.add(refusal.message()));
    new TreeSet<>(policy.options().keySet()).forEach(option -> notes.add(unknownOption(option)));
    Optional<Refusal> refused = counts ? judged.refused() : Optional.of(refusals.getFirst());
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

  private List<Finding> findings(BackendTlsPolicy policy, SortedSet<ObjectRef> gateways) {
    List<Finding> findings = new ArrayList<>();
    boolean missing = false;
    for (int i = 0; i < policy.targetRefs().size(); i++) {
      TargetRef target = policy.targetRefs().get(i);
      String field = "spec.targetRefs[" + i + "]";
      if (isMissing(policy, target)) {
        missing = true;
        findings.add(
            Findings.of(
                policy,
                Severity.WARNING,
                field,
                PolicyTargets.service(policy.ref(), target)
                    + " does not exist, so that this policy protects nothing there. Check the name"
                    + " and the namespace: a policy targets Services of its own namespace."));
      }
    }
    if (gateways.isEmpty() && !missing) {
      findings.add(
          Findings.of(
              policy,
              Severity.NOTE,
              "spec.targetRefs",
              "No Gateway reaches what this policy targets, so that nothing uses it yet."));
    }
    if (gateways.size() > MAX_ANCESTORS) {
      findings.add(
          Findings.of(
              policy,
              Severity.WARNING,
              "",
              "The status has room for "
                  + MAX_ANCESTORS
                  + " Gateways; left out: "
                  + String.join(
                      ", ",
                      gateways.stream().skip(MAX_ANCESTORS).map(ObjectRef::toString).toList())));
    }
    for (String option : new TreeSet<>(policy.options().keySet())) {
      findings.add(Findings.of(policy, Severity.WARNING, "spec.options", unknownOption(option)));
    }
    return findings;
  }

  private static String unknownOption(String option) {
    return "Postern does not know the option " + option + "; it has no effect";
  }

  private boolean isMissing(BackendTlsPolicy policy, TargetRef target) {
    return objects.find(PolicyTargets.service(policy.ref(), target), Resource.class).isEmpty();
  }
}
