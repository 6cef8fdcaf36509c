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
import java.util.function.Predicate;

/// Which Istio DestinationRule counts for a Service: of those of its namespace the one whose host
/// names it most exactly, then the oldest. Where that has none it is one of Istio's root namespace,
/// which is the mesh operator's, if it is exported to all. As in Istio, nothing is taken from the
/// others. Rules of a client's namespace, which Istio reads first, do not count: nobody of the
/// Service's namespace agreed to them.
final class DestinationRules implements WishSource {
  static final String CLUSTER = ".svc.cluster.local";

  /// Istio's `rootNamespace`, as it is installed.
  static final String ROOT = "istio-system";

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
    if (!service.kind().equals(Kind.SERVICE)) {
      return Optional.empty();
    }
    return counting(service, service.namespace(), _ -> true)
        .or(() -> counting(service, ROOT, DestinationRule::exportedToAll));
  }

  private Optional<DestinationRule> counting(
      ObjectRef service, String namespace, Predicate<DestinationRule> only) {
    return inNamespace.get(namespace).stream()
        .filter(rule -> only.test(rule) && !rule.workloads() && exactness(rule, service) > 0)
        .max(
            Comparator.comparingInt((DestinationRule rule) -> exactness(rule, service))
                .thenComparing(Age.OLDEST_FIRST.reversed()));
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
    if (named(rule).filter(service::equals).isPresent()) {
      return Integer.MAX_VALUE;
    }
    return host.startsWith("*") && whole.endsWith(host.substring(1)) ? host.length() : 0;
  }

  /// Whether a host with a wildcard may stand for Services of the rule's namespace.
  static boolean reachesItsOwn(DestinationRule rule) {
    String own = "." + rule.metadata().namespace() + CLUSTER;
    String rest = rule.host().substring(1);
    return own.endsWith(rest) || rest.endsWith(own);
  }

  /// The Service that the host names, whether or not it exists; absent for another host.
  static Optional<ObjectRef> named(DestinationRule rule) {
    String host = rule.host();
    String[] parts =
        host.endsWith(CLUSTER)
            ? host.substring(0, host.length() - CLUSTER.length()).split("\\.", -1)
            : new String[] {host, rule.metadata().namespace()};
    return parts.length == 2 && !parts[0].contains(".") && !host.startsWith("*")
        ? Optional.of(new ObjectRef(Kind.SERVICE, parts[1], parts[0]))
        : Optional.empty();
  }
}
