package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Service;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which BackendTLSPolicy counts for which port of a Service (GEP-713;
/// BackendTLSPolicy.targetRefs): of those with the same target and section the oldest; a section's
/// before the whole Service's.
final class PolicyTargets {
  private static final String WHOLE = "";

  private final Objects objects;
  private final Query<ObjectRef, Map<String, List<ObjectRef>>> claims;

  PolicyTargets(Memo memo, Objects objects) {
    this.objects = objects;
    claims = memo.query(this::claims);
  }

  /// The policies that target a port, the one that counts first.
  List<ObjectRef> ofPort(ObjectRef service, String portName) {
    Map<String, List<ObjectRef>> all = claims.get(service);
    List<ObjectRef> policies = new ArrayList<>();
    if (!portName.isEmpty()) {
      policies.addAll(all.getOrDefault(portName, List.of()));
    }
    policies.addAll(all.getOrDefault(WHOLE, List.of()));
    return policies;
  }

  /// How a policy stands at one of its targets.
  sealed interface Standing {
    /// It counts.
    ///
    /// @param note what a person should know; may be empty
    record Counts(String note) implements Standing {}

    record Refused(Refusal why) implements Standing {}
  }

  Standing standing(ObjectRef policy, TargetRef target) {
    ObjectRef service = service(policy, target);
    if (!target.kind().equals(Kind.SERVICE)) {
      return notFound(
          "targetRefs: "
              + target.kind()
              + " "
              + target.name()
              + " is not a Service; only those"
              + " can be targeted");
    }
    Optional<Service> found = objects.find(service, Service.class);
    if (found.isEmpty()) {
      return notFound("targetRefs: " + service + " does not exist");
    }
    return standing(policy, target, service, found.get().ports());
  }

  private Standing standing(
      ObjectRef policy, TargetRef target, ObjectRef service, List<Service.Port> ports) {
    List<Service.Port> meant =
        ports.stream()
            .filter(p -> target.sectionName().map(p.name()::equals).orElse(true))
            .toList();
    if (target.sectionName().isPresent() && meant.isEmpty()) {
      return notFound(
          "targetRefs: "
              + service
              + " has no port named "
              + target.sectionName().get()
              + portNames(ports));
    }
    if (!meant.isEmpty() && meant.stream().allMatch(PolicyTargets::isUdp)) {
      return new Standing.Refused(
          new Refusal("Invalid", "TLS cannot be spoken to the UDP ports of " + service));
    }
    ObjectRef first =
        claims.get(service).getOrDefault(target.sectionName().orElse(WHOLE), List.of()).getFirst();
    if (!first.equals(policy)) {
      return new Standing.Refused(
          new Refusal(
              "Conflicted",
              first
                  + " already says how to reach "
                  + service
                  + target.sectionName().map(s -> ", port " + s).orElse("")
                  + ", and comes first by age, then by name. Remove one of the two, or give them"
                  + " different sections."));
    }
    return new Standing.Counts(
        meant.stream().anyMatch(PolicyTargets::isUdp)
            ? "the UDP ports of " + service + " are not affected"
            : "");
  }

  private static String portNames(List<Service.Port> ports) {
    List<String> names = ports.stream().map(Service.Port::name).filter(n -> !n.isEmpty()).toList();
    return names.isEmpty() ? "; its ports have no names" : "; it has " + String.join(", ", names);
  }

  static ObjectRef service(ObjectRef policy, TargetRef target) {
    return new ObjectRef(target.kind(), policy.namespace(), target.name());
  }

  private static boolean isUdp(Service.Port port) {
    return port.protocol().equals("UDP");
  }

  private static Standing notFound(String message) {
    return new Standing.Refused(new Refusal("TargetNotFound", message));
  }

  /// By section, the policies that target it, oldest first.
  private Map<String, List<ObjectRef>> claims(ObjectRef service) {
    List<BackendTlsPolicy> byAge =
        objects.pointingAt(service).stream()
            .flatMap(ref -> objects.find(ref, BackendTlsPolicy.class).stream())
            .sorted(Age.OLDEST_FIRST)
            .toList();
    Map<String, List<ObjectRef>> sections = new LinkedHashMap<>();
    for (BackendTlsPolicy policy : byAge) {
      for (TargetRef target : policy.targetRefs()) {
        if (service(policy.ref(), target).equals(service)) {
          List<ObjectRef> claimants =
              sections.computeIfAbsent(target.sectionName().orElse(WHOLE), _ -> new ArrayList<>());
          if (!claimants.contains(policy.ref())) {
            claimants.add(policy.ref());
          }
        }
      }
    }
    return sections;
  }
}
