package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resolve.wish.DestinationRuleWish;
import dev.postern.gatewayapi.resolve.wish.Material;
import dev.postern.gatewayapi.resolve.wish.Wished;
import dev.postern.gatewayapi.resource.DestinationRule;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Which Istio DestinationRule counts for a Service: of those of its namespace the one whose host
/// names it most exactly, then the oldest. As in Istio, nothing is taken from the others.
final class DestinationRules implements WishSource {
  static final String CLUSTER = ".svc.cluster.local";

  private final Objects objects;
  private final Material material;
  private final Query<String, List<DestinationRule>> inNamespace;

  DestinationRules(Memo memo, Objects objects, Material material) {
    this.objects = objects;
    this.material = material;
    inNamespace = memo.query(this::inNamespace);
  }

  @Override
  public List<Wish> of(BackendPort port, String portName) {
    return counting(port.backend())
        .map(rule -> DestinationRuleWish.of(rule, port.port(), material).wish())
        .stream()
        .toList();
  }

  /// The rule that counts for a Service.
  Optional<DestinationRule> counting(ObjectRef service) {
    return service.kind().equals(Kind.SERVICE)
        ? inNamespace.get(service.namespace()).stream()
            .filter(rule -> !rule.workloads() && exactness(rule, service) > 0)
            .max(
                Comparator.comparingInt((DestinationRule rule) -> exactness(rule, service))
                    .thenComparing(Age.OLDEST_FIRST.reversed()))
        : Optional.empty();
  }

  List<Wished> wished(DestinationRule rule) {
    return DestinationRuleWish.all(rule, material);
  }

  private List<DestinationRule> inNamespace(String namespace) {
    return objects.all(Kind.DESTINATION_RULE).stream()
        .filter(ref -> ref.namespace().equals(namespace))
        .flatMap(ref -> objects.find(ref, DestinationRule.class).stream())
        .sorted(Age.OLDEST_FIRST)
        .toList();
  }

  /// How exactly the host names the Service; 0 for not at all.
  private static int exactness(DestinationRule rule, ObjectRef service) {
    String whole = service.name() + "." + service.namespace() + CLUSTER;
    String host = rule.host();
    if (host.equals(service.name()) || host.equals(whole)) {
      return Integer.MAX_VALUE;
    }
    return host.startsWith("*") && whole.endsWith(host.substring(1)) ? host.length() : 0;
  }
}
