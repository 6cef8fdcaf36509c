package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resolve.wish.ConnectionPolicyWish;
import dev.postern.gatewayapi.resolve.wish.Material;
import dev.postern.gatewayapi.resolve.wish.Wished;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.List;
import java.util.Optional;

/// Which BackendConnectionPolicy counts for a port; it is found as a BackendTLSPolicy is.
final class ConnectionPolicies implements WishSource {
  private final PolicyTargets targets;
  private final Query<ObjectRef, Optional<Wished>> wishes;

  ConnectionPolicies(Memo memo, Objects objects, PolicyTargets targets, Material material) {
    this.targets = targets;
    wishes =
        memo.query(ref ->
            objects
                .find(ref, BackendConnectionPolicy.class)
                .map(policy -> ConnectionPolicyWish.of(policy, material)));
  }

  @Override
  public List<Wish> of(BackendPort port, String portName) {
    List<ObjectRef> policies = targets.ofPort(port.backend(), portName);
    return policies.isEmpty()
        ? List.of()
        : wished(policies.getFirst()).map(Wished::wish).stream().toList();
  }

  /// Absent where there is no such policy.
  Optional<Wished> wished(ObjectRef ref) {
    return wishes.get(ref);
  }
}
