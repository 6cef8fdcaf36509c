package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.BackendSource.Found;
import dev.postern.gatewayapi.resolve.wish.Wished;
import dev.postern.gatewayapi.resolve.wish.Wished.Trouble;
import dev.postern.gatewayapi.resource.BackendConfigPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import dev.postern.gatewayapi.resource.DestinationRule;
import dev.postern.gatewayapi.resource.EnvoyBackend;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.KgatewayBackend;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.resource.XBackend;
import dev.postern.gatewayapi.status.Conditions;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// XBackend.status, and findings about kinds of other gateways, whose status is their own
/// controllers' to write.
final class ForeignReport {
  private final Objects objects;
  private final ConnectionSources sources;
  private final Ancestors ancestors;
  private final DestinationRuleReport rules;

  ForeignReport(Objects objects, ConnectionSources sources, Ancestors ancestors) {
    this.objects = objects;
    this.sources = sources;
    this.ancestors = ancestors;
    this.rules = new DestinationRuleReport(objects, sources.destinationRules(), ancestors);
  }

  /// Absent for a kind that is none of these.
  Optional<Report> of(Resource object) {
    List<Finding> findings = new ArrayList<>();
    Optional<ObjectStatus> status = Optional.empty();
    switch (object) {
      case XBackend backend -> status = Optional.of(status(backend));
      case EnvoyBackend backend -> {
        unreachable(backend, EnvoyBackends.find(backend), findings);
        sources
            .envoyBackends()
            .wished(backend.ref())
            .ifPresent(wished -> troubles(backend, wished, findings));
      }
      case KgatewayBackend backend ->
          unreachable(backend, KgatewayBackends.find(backend), findings);
      case BackendConfigPolicy policy -> {
        targets(policy, findings);
        PolicyWeight.unreadable(policy)
            .ifPresent(text ->
                findings.add(
                    Findings.of(
                        policy,
                        Severity.WARNING,
                        "metadata.annotations[" + PolicyWeight.ANNOTATION + "]",
                        "\""
                            + text
                            + "\" is no weight, so that it counts as 0; write a whole number, such"
                            + " as \"10\".")));
        sources
            .configPolicies()
            .wished(policy.ref())
            .ifPresent(wished -> troubles(policy, wished, findings));
      }
      case DestinationRule rule -> findings.addAll(rules.of(rule));
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(new Report(object.ref(), status, findings));
  }

  private ObjectStatus status(XBackend backend) {
    List<Trouble> troubles =
        sources.xBackends().wished(backend.ref()).map(Wished::troubles).orElse(List.of());
    Conditions conditions = new Conditions(backend.metadata().generation());
    String words = String.join("; ", troubles.stream().map(Trouble::message).toList());
    if (troubles.stream().anyMatch(trouble -> !trouble.reference())) {
      conditions.no("Accepted", "Invalid", words);
    } else {
      conditions.yes("Accepted", words);
    }
    return new ObjectStatus.OfRoute(
        ancestors.of(backend.ref()).stream()
            .map(gateway ->
                new ObjectStatus.ParentStatus(
                    0,
                    new ParentRef(
                        Kind.GATEWAY,
                        Optional.of(gateway.namespace()),
                        gateway.name(),
                        Optional.empty(),
                        Optional.empty()),
                    GatewayClass.CONTROLLER,
                    conditions.list()))
            .toList());
  }

  private static void unreachable(Resource object, Found found, List<Finding> findings) {
    if (found instanceof Found.Unreachable(String message)) {
      findings.add(Findings.of(object, Severity.WARNING, "spec", message + "."));
    }
  }

  static void troubles(Resource object, Wished wished, List<Finding> findings) {
    for (Trouble trouble : wished.troubles()) {
      findings.add(
          Findings.of(
              object,
              Severity.WARNING,
              trouble.field(),
              "Requests get 500 where this counts, because "
                  + object.ref()
                  + " "
                  + trouble.message()
                  + "."));
    }
  }

  private void targets(BackendConfigPolicy policy, List<Finding> findings) {
    for (int i = 0; i < policy.targetRefs().size(); i++) {
      TargetRef target = policy.targetRefs().get(i);
      ObjectRef ref = new ObjectRef(target.kind(), policy.metadata().namespace(), target.name());
      boolean known =
          target.kind().equals(Kind.SERVICE) || target.kind().equals(Kind.KGATEWAY_BACKEND);
      if (!known || objects.find(ref, Resource.class).isEmpty()) {
        findings.add(
            Findings.of(
                policy,
                Severity.WARNING,
                "spec.targetRefs[" + i + "]",
                known
                    ? ref + " does not exist, so that this policy has no effect there."
                    : "Postern honours this policy for Services and kgateway's Backends alone."));
      }
    }
  }
}
