package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.Authority;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resolve.wish.Wished;
import dev.postern.gatewayapi.resolve.wish.Wished.Trouble;
import dev.postern.gatewayapi.resource.DestinationRule;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Findings about Istio's DestinationRules: what of them cannot be followed, and for whom they do
/// not count.
final class DestinationRuleReport {
  private final Objects objects;
  private final DestinationRules rules;
  private final Ancestors ancestors;

  DestinationRuleReport(Objects objects, DestinationRules rules, Ancestors ancestors) {
    this.objects = objects;
    this.rules = rules;
    this.ancestors = ancestors;
  }

  List<Finding> of(DestinationRule rule) {
    if (rule.standsIn()) {
      return List.of(); // All is said already.
    }
    if (rule.workloads()) {
      return List.of(
          Findings.of(
              rule,
              Severity.NOTE,
              "spec.workloadSelector",
              "This rule is for the sidecars of some workloads, and left to them."));
    }
    List<Finding> findings = new ArrayList<>();
    effect(rule).ifPresent(findings::add);
    Set<Trouble> told = new LinkedHashSet<>();
    for (Wished wished : rules.wished(rule)) {
      told.addAll(wished.troubles());
    }
    ForeignReport.troubles(
        rule, new Wished(Wish.nothing(Authority.FOREIGN, rule.ref()), List.copyOf(told)), findings);
    return findings;
  }

  private Optional<Finding> effect(DestinationRule rule) {
    if (rule.host().startsWith("*")) {
      return effectOnMany(rule);
    }
    Optional<ObjectRef> named = DestinationRules.named(rule);
    if (named.isEmpty()) {
      return warning(
          rule,
          "spec.host",
          "This is no Service of the cluster, so that this rule has no effect; for another host use"
              + " an XBackend.");
    }
    ObjectRef service = named.get();
    if (objects.find(service, Resource.class).isEmpty()) {
      return warning(
          rule, "spec.host", service + " does not exist, so that this rule has no effect.");
    }
    List<String> clients = clients(service);
    return clients.isEmpty() ? Optional.empty() : effect(rule, service, clients);
  }

  /// A wildcard may be meant for Services that are yet to come, so that it is a finding only where
  /// there are some that it names, and it counts for none of them.
  private Optional<Finding> effectOnMany(DestinationRule rule) {
    Optional<Finding> first = Optional.empty();
    for (ObjectRef service : objects.all(Kind.SERVICE).stream().sorted().toList()) {
      List<String> clients =
          DestinationRules.exactness(rule, service) > 0 ? clients(service) : List.of();
      if (!clients.isEmpty()) {
        Optional<Finding> found = effect(rule, service, clients);
        if (found.filter(finding -> finding.severity() == Severity.WARNING).isEmpty()) {
          return Optional.empty();
        }
        first = first.or(() -> found);
      }
    }
    return first;
  }

  /// The namespaces of the Gateways that reach a Service.
  private List<String> clients(ObjectRef service) {
    return ancestors.of(service).stream().map(ObjectRef::namespace).distinct().toList();
  }

  private Optional<Finding> effect(DestinationRule rule, ObjectRef service, List<String> clients) {
    List<String> looking =
        clients.stream().filter(client -> looksInto(rule, service, client)).toList();
    if (looking.isEmpty()) {
      return warning(
          rule,
          "spec.host",
          "Rules are looked for in the Gateway's namespace, in the Service's and in "
              + DestinationRules.ROOT
              + ", and no Gateway of namespace "
              + rule.metadata().namespace()
              + " reaches "
              + service
              + "; move this rule to one of those."
              + without(rule));
    }
    List<String> without = looking.stream().filter(client -> !rule.exportedTo(client)).toList();
    if (without.equals(looking)) {
      return warning(
          rule,
          "spec.exportTo",
          "It names no namespace of a Gateway that reaches "
              + service
              + "; add "
              + String.join(", ", without)
              + ", or remove exportTo."
              + without(rule));
    }
    List<DestinationRule> counting =
        looking.stream()
            .filter(rule::exportedTo)
            .flatMap(client -> rules.counting(service, Optional.of(client)).stream())
            .toList();
    if (counting.stream().noneMatch(other -> other.ref().equals(rule.ref()))) {
      return counting.stream().findFirst().flatMap(other -> overruled(rule, other, service));
    }
    return without.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Findings.of(
                rule,
                Severity.NOTE,
                "spec.exportTo",
                "It does not name "
                    + String.join(", ", without)
                    + ", whose Gateways reach "
                    + service
                    + " without this rule."));
  }

  private static String without(DestinationRule rule) {
    boolean tls =
        Stream.concat(
                rule.trafficPolicy().stream(),
                rule.portLevelSettings().stream().map(DestinationRule.PortPolicy::policy))
            .anyMatch(policy -> policy.tls().isPresent());
    return tls ? " Without effect, this rule's TLS is not spoken." : "";
  }

  private static boolean looksInto(DestinationRule rule, ObjectRef service, String client) {
    String namespace = rule.metadata().namespace();
    return namespace.equals(client)
        || namespace.equals(service.namespace())
        || namespace.equals(DestinationRules.ROOT);
  }

  private static Optional<Finding> overruled(
      DestinationRule rule, DestinationRule by, ObjectRef service) {
    String why;
    if (!by.metadata().namespace().equals(rule.metadata().namespace())) {
      why =
          " is found first, in the Gateway's namespace or the Service's, so that this rule has no"
              + " effect there.";
    } else if (DestinationRules.exactness(by, service)
        > DestinationRules.exactness(rule, service)) {
      why = " names " + service + " more exactly, so that this rule has no effect there.";
    } else {
      why = " is for the same host and older, so that this rule has no effect. Join the two.";
    }
    return warning(rule, "spec.host", by.ref() + why);
  }

  private static Optional<Finding> warning(DestinationRule rule, String field, String message) {
    return Optional.of(Findings.of(rule, Severity.WARNING, field, message));
  }
}
