package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.resolve.hop.Authority;
import dev.postern.gatewayapi.resolve.hop.Said;
import dev.postern.gatewayapi.resolve.hop.TrafficWish;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resource.BackendTrafficPolicy;
import dev.postern.gatewayapi.resource.BackendTrafficPolicy.RetryConstraint;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.Cluster.RetryBudget;
import java.util.List;
import java.util.Optional;

/// Which XBackendTrafficPolicy counts for a backend: the oldest that targets it (GEP-713).
final class TrafficPolicies implements WishSource {
  private final Objects objects;
  private final PolicyTargets targets;

  TrafficPolicies(Memo memo, Objects objects) {
    this.objects = objects;
    targets =
        new PolicyTargets(
            memo,
            objects,
            Kind.X_BACKEND_TRAFFIC_POLICY,
            BackendTrafficPolicy.class,
            BackendTrafficPolicy::targetRefs,
            "Put all that the backend needs into that one, and remove this one.");
  }

  @Override
  public List<Wish> of(BackendPort port, String portName) {
    List<ObjectRef> policies = targets.ofPort(port.backend(), "");
    return policies.isEmpty()
        ? List.of()
        : objects.find(policies.getFirst(), BackendTrafficPolicy.class).stream()
            .map(policy -> wish(policy, port.backend()))
            .toList();
  }

  PolicyTargets targets() {
    return targets;
  }

  /// One that is not accepted has no effect.
  private Wish wish(BackendTrafficPolicy policy, ObjectRef backend) {
    Wish nothing = Wish.nothing(Authority.XBACKEND, policy.ref());
    return problem(policy, backend).isPresent()
        ? nothing
        : nothing.withTraffic(
            new TrafficWish(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Said.of(
                    "spec.retryConstraint", policy.retryConstraint().map(TrafficPolicies::budget)),
                Said.of("spec.sessionPersistence", policy.sessionPersistence())));
  }

  /// Why a policy cannot be followed at a backend.
  Optional<String> problem(BackendTrafficPolicy policy, ObjectRef backend) {
    return policy
        .sessionPersistence()
        .flatMap(session ->
            SessionNames.problem(session)
                .or(() -> SessionAffinity.problem(objects, backend, "the policy")));
  }

  private static RetryBudget budget(RetryConstraint retries) {
    return new RetryBudget(
        retries.percent(), retries.interval(), retries.minRetries(), retries.minInterval());
  }
}
