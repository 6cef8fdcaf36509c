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
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Which Istio DestinationRule counts for a Service, by Istio's order: of the rules of the client's
/// namespace, which for requests through a Gateway is the Gateway's, then of the Service's, then of
/// the root namespace, the one whose host names the Service most exactly, then the oldest. Where
/// the most exact ones of a namespace are not exported to the client, it has none. Nothing is taken
/// from the others.
final class DestinationRules {
  static final String CLUSTER = ".svc.cluster.local";

  /// Istio's `rootNamespace`, as it is installed.
  static final String ROOT = "istio-system";

  private final Objects objects;
  private final Material material;
  private final Query<String, List<DestinationRule>> inNamespace;
  private final Query<String, Boolean> special;

  DestinationRules(Memo memo, Objects objects, Material material) {
    this.objects = objects;
    this.material = material;
    inNamespace = memo.query(this::inNamespace);
    special = memo.query(this::isSpecial);
  }

  /// What the rule that counts wishes for a port.
  Optional<Wish> wish(BackendPort port, Optional<String> client) {
    return counting(port.backend(), client)
        .map(rule -> DestinationRuleWish.of(rule, port.port(), material).wish());
  }

  /// Whether clients of that namespace may find other rules than those of a namespace of which no
  /// rule says anything.
  boolean isSpecial(ObjectRef gateway) {
    return special.get(gateway.namespace());
  }

  /// A namespace's own rules may be found by its own clients first, and are then not hidden by
  /// those that are for others.
  private boolean isSpecial(String namespace) {
    return objects.all(Kind.DESTINATION_RULE).stream()
        .flatMap(ref -> objects.find(ref, DestinationRule.class).stream())
        .filter(rule -> !rule.workloads())
        .anyMatch(rule ->
            rule.metadata().namespace().equals(namespace)
                ? !rule.exportedToAll() || !isForItsOwn(rule)
                : !rule.exportedToAll() && rule.exportedTo(namespace));
  }

  /// The rule that counts for a Service.
  ///
  /// @param client the namespace of those who ask; absent for one of which no rule says anything
  Optional<DestinationRule> counting(ObjectRef service, Optional<String> client) {
    if (!service.kind().equals(Kind.SERVICE)) {
      return Optional.empty();
    }
    return client
        .flatMap(namespace -> ofTheClient(service, namespace))
        .or(() -> exported(service, service.namespace(), client))
        .or(() -> exported(service, ROOT, client));
  }

  /// The root namespace's rules are the mesh's, and come last, unless they are for itself alone.
  private Optional<DestinationRule> ofTheClient(ObjectRef service, String client) {
    return mostExact(
            service,
            client,
            rule -> client.equals(ROOT) ? rule.keptAtHome() : rule.exportedTo(client))
        .stream()
        .findFirst();
  }

  private Optional<DestinationRule> exported(
      ObjectRef service, String namespace, Optional<String> client) {
    return mostExact(service, namespace, rule -> !rule.keptAtHome()).stream()
        .filter(rule -> client.map(rule::exportedTo).orElseGet(rule::exportedToAll))
        .findFirst();
  }

  /// The oldest first.
  private List<DestinationRule> mostExact(
      ObjectRef service, String namespace, Predicate<DestinationRule> only) {
    List<DestinationRule> all =
        inNamespace.get(namespace).stream()
            .filter(rule -> !rule.workloads() && only.test(rule) && exactness(rule, service) > 0)
            .toList();
    int most = all.stream().mapToInt(rule -> exactness(rule, service)).max().orElse(0);
    return all.stream().filter(rule -> exactness(rule, service) == most).toList();
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
  static int exactness(DestinationRule rule, ObjectRef service) {
    String whole = service.name() + "." + service.namespace() + CLUSTER;
    String host = rule.host();
    if (named(rule).filter(service::equals).isPresent()) {
      return Integer.MAX_VALUE;
    }
    return host.startsWith("*") && whole.endsWith(host.substring(1)) ? host.length() : 0;
  }

  /// Whether it can only be about Services of its own namespace.
  private static boolean isForItsOwn(DestinationRule rule) {
    String own = rule.metadata().namespace();
    return rule.host().startsWith("*")
        ? rule.host().endsWith("." + own + CLUSTER)
        : named(rule).filter(service -> service.namespace().equals(own)).isPresent();
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
