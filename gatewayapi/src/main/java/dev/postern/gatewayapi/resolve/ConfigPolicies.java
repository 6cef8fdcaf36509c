package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resolve.wish.BackendConfigPolicyWish;
import dev.postern.gatewayapi.resolve.wish.Material;
import dev.postern.gatewayapi.resolve.wish.Wished;
import dev.postern.gatewayapi.resource.BackendConfigPolicy;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import java.util.List;
import java.util.Optional;

/// Which kgateway BackendConfigPolicies count for a backend: all that target it, in the order of
/// [PolicyWeight], each for what those before it leave open.
final class ConfigPolicies implements WishSource {
  private final Objects objects;
  private final Query<ObjectRef, Optional<Wished>> wishes;
  private final Query<String, List<ObjectRef>> inNamespace;

  ConfigPolicies(Memo memo, Objects objects, Material material) {
    this.objects = objects;
    wishes =
        memo.query(ref ->
            objects
                .find(ref, BackendConfigPolicy.class)
                .map(policy -> BackendConfigPolicyWish.of(policy, material)));
    inNamespace = memo.query(this::inNamespace);
  }

  @Override
  public List<Wish> of(BackendPort port, String portName) {
    return inNamespace.get(port.backend().namespace()).stream()
        .flatMap(ref -> objects.find(ref, BackendConfigPolicy.class).stream())
        .filter(policy -> targets(policy, port.backend()))
        .flatMap(policy -> wished(policy.ref()).stream())
        .map(Wished::wish)
        .toList();
  }

  /// Absent where there is no such policy.
  Optional<Wished> wished(ObjectRef ref) {
    return wishes.get(ref);
  }

  private List<ObjectRef> inNamespace(String namespace) {
    return objects.all(Kind.BACKEND_CONFIG_POLICY).stream()
        .filter(ref -> ref.namespace().equals(namespace))
        .flatMap(ref -> objects.find(ref, BackendConfigPolicy.class).stream())
        .sorted(PolicyWeight.ORDER)
        .map(Resource::ref)
        .toList();
  }

  private boolean targets(BackendConfigPolicy policy, ObjectRef backend) {
    return policy.targetRefs().stream()
            .anyMatch(t -> t.kind().equals(backend.kind()) && t.name().equals(backend.name()))
        || policy.targetSelectors().stream()
            .anyMatch(selector ->
                selector.kind().equals(backend.kind())
                    && objects
                        .find(backend, Resource.class)
                        .filter(object ->
                            object
                                .metadata()
                                .labels()
                                .entrySet()
                                .containsAll(selector.matchLabels().entrySet()))
                        .isPresent());
  }
}
