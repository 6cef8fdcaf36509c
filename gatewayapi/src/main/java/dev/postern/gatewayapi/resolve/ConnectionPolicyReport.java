package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.GatewaySide;
import dev.postern.gatewayapi.resolve.wish.Wished.Trouble;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.SkipVerify;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Conditions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// BackendConnectionPolicy.status, and what is to be said where no Gateway can carry it.
final class ConnectionPolicyReport {
  private final Objects objects;
  private final ConnectionSources sources;
  private final SkippedVerification skipped;
  private final PolicyAncestors ancestors;

  ConnectionPolicyReport(
      Objects objects,
      ConnectionSources sources,
      PolicyTargets tlsPolicies,
      PolicyAncestors ancestors) {
    this.objects = objects;
    this.sources = sources;
    this.skipped = new SkippedVerification(objects, sources, tlsPolicies);
    this.ancestors = ancestors;
  }

  Report of(BackendConnectionPolicy policy) {
    AncestorLimit.Shared gateways = ancestors.of(policy);
    List<Finding> findings =
        new ArrayList<>(
            ancestors.findings(policy, policy.targetRefs(), gateways, "has no effect", "backends"));
    sources
        .policies()
        .wished(policy.ref())
        .ifPresent(wished ->
            wished
                .notes()
                .forEach(note ->
                    findings.add(
                        Findings.of(policy, Severity.WARNING, note.field(), note.message()))));
    return new Report(
        policy.ref(),
        PolicyAncestors.status(gateways, gateway -> conditions(policy, gateway)),
        findings);
  }

  private List<Condition> conditions(BackendConnectionPolicy policy, ObjectRef gateway) {
    Standings standings =
        ancestors.standings(policy, policy.targetRefs(), gateway, sources.policyTargets());
    List<TargetRef> counting = standings.counting();
    List<String> notes = new ArrayList<>(standings.messages());
    Optional<Refusal> refused = standings.refusals().stream().findFirst();
    List<Trouble> troubles = troubles(policy);
    Optional<Refusal> unresolved = merge(troubles.stream().filter(Trouble::reference).toList());
    if (!counting.isEmpty()) {
      refused = merge(troubles).map(why -> new Refusal("Invalid", why.message()));
    }
    Optional<Refusal> unsafe = Optional.empty();
    if (refused.isEmpty() && skipsVerification(policy)) {
      SkippedVerification.Judged judged = skipped.of(policy, counting);
      notes.addAll(judged.others());
      List<String> skipping = judged.unverified();
      if (!skipping.isEmpty()) {
        unsafe = Optional.of(unsafe(policy, gateway, skipping));
        refused = unsafe.filter(why -> why.reason().equals("ConsentMissing"));
      }
    }
    return conditions(policy, refused, unresolved, unsafe, notes);
  }

  private static List<Condition> conditions(
      BackendConnectionPolicy policy,
      Optional<Refusal> refused,
      Optional<Refusal> unresolved,
      Optional<Refusal> unsafe,
      List<String> notes) {
    notes.removeIf(String::isEmpty);
    Conditions conditions = new Conditions(policy.metadata().generation());
    if (refused.isPresent()) {
      conditions.no("Accepted", refused.get().reason(), refused.get().message());
    } else {
      conditions.yes("Accepted", String.join("; ", notes));
      unsafe.ifPresent(
          why -> conditions.yes("postern.dev/InsecureBackend", why.reason(), why.message()));
    }
    if (unresolved.isPresent()) {
      conditions.no("ResolvedRefs", unresolved.get().reason(), unresolved.get().message());
    } else {
      conditions.yes("ResolvedRefs", "");
    }
    return conditions.list();
  }

  private List<Trouble> troubles(BackendConnectionPolicy policy) {
    return sources
        .policies()
        .wished(policy.ref())
        .map(wished -> wished.troubles())
        .orElse(List.of());
  }

  private static Optional<Refusal> merge(List<Trouble> troubles) {
    return troubles.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                "InvalidReference",
                String.join("; ", troubles.stream().map(Trouble::message).toList())));
  }

  private static boolean skipsVerification(BackendConnectionPolicy policy) {
    return policy.tls().flatMap(BackendConnectionPolicy.Tls::skipVerify).isPresent();
  }

  private Refusal unsafe(BackendConnectionPolicy policy, ObjectRef gateway, List<String> skipping) {
    String backends = String.join(", ", skipping);
    boolean consent =
        objects
            .find(gateway, Gateway.class)
            .map(g -> "true".equals(g.metadata().annotations().get(GatewaySide.ALLOW_INSECURE)))
            .orElse(false);
    return consent
        ? new Refusal(
            "VerificationSkipped",
            (policy
                        .tls()
                        .flatMap(BackendConnectionPolicy.Tls::skipVerify)
                        .equals(Optional.of(SkipVerify.HOSTNAME))
                    ? "The name of "
                        + backends
                        + " is not verified, as insecureSkipVerify asks;"
                        + " whoever has a certificate of the same CA"
                    : backends + " is not verified, as insecureSkipVerify asks; anybody in between")
                + " can read and change what is sent. A BackendTLSPolicy would verify it.")
        : new Refusal(
            "ConsentMissing",
            "insecureSkipVerify needs the annotation "
                + GatewaySide.ALLOW_INSECURE
                + ": \"true\" on "
                + gateway
                + "; until then "
                + backends
                + " gets no requests from there (500). Better, verify it with a"
                + " BackendTLSPolicy.");
  }
}
