package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import dev.postern.gatewayapi.resource.EnvoyBackend;
import dev.postern.gatewayapi.resource.KgatewayBackend;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.resource.Service;
import dev.postern.gatewayapi.resource.XBackend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which policy of a kind counts for which port of a Service or another backend (GEP-713;
/// BackendTLSPolicy.targetRefs): of those with the same target and section the oldest that is as it
/// must be; a section's before the whole's.
final class PolicyTargets {
  private static final String WHOLE = "";
  private static final Set<Kind> BACKENDS =
      Set.of(Kind.X_BACKEND, Kind.ENVOY_BACKEND, Kind.KGATEWAY_BACKEND);

  private final Objects objects;
  private final Kind kind;
  private final Class<? extends Resource> type;
  private final Function<Resource, List<TargetRef>> targetRefs;
  private final String mend;
  private final Query<ObjectRef, Map<String, List<ObjectRef>>> claims;

  /// @param kind of the policies
  /// @param targetRefs what each of them targets, which may be a section
  <P extends Resource> PolicyTargets(
      Memo memo,
      Objects objects,
      Kind kind,
      Class<P> type,
      Function<P, List<TargetRef>> targetRefs) {
    this(
        memo,
        objects,
        kind,
        type,
        targetRefs,
        "Remove one of the two, or give them different sections.");
  }

  /// @param mend what to do where two have the same target
  <P extends Resource> PolicyTargets(
      Memo memo,
      Objects objects,
      Kind kind,
      Class<P> type,
      Function<P, List<TargetRef>> targetRefs,
      String mend) {
    this.objects = objects;
    this.kind = kind;
    this.type = type;
    this.targetRefs = policy -> targetRefs.apply(type.cast(policy));
    this.mend = mend;
    claims = memo.query(this::claims);
  }

  /// The policies that target a port, the one that counts first. The endpoints of one of Envoy
  /// Gateway's Backends are all reached in one way, so that a policy for a port of one is for all.
  List<ObjectRef> ofPort(ObjectRef service, String portName) {
    if (!isPointedAt(service)) {
      return List.of();
    }
    Map<String, List<ObjectRef>> all = claims.get(service);
    if (all.isEmpty()) {
      return List.of();
    }
    List<String> sections =
        service.kind().equals(Kind.ENVOY_BACKEND)
            ? objects.find(service, EnvoyBackend.class).map(PolicyTargets::ports).orElse(List.of())
            : List.of(portName);
    Set<ObjectRef> policies = new LinkedHashSet<>();
    for (String section : sections) {
      if (!section.equals(WHOLE)) {
        policies.addAll(all.getOrDefault(section, List.of()));
      }
    }
    policies.addAll(all.getOrDefault(WHOLE, List.of()));
    return List.copyOf(policies);
  }

  /// Of most kinds there is no policy at all, and nothing to be remembered for each backend.
  private boolean isPointedAt(ObjectRef service) {
    for (ObjectRef ref : objects.pointingAt(service)) {
      if (ref.kind().equals(kind)) {
        return true;
      }
    }
    return false;
  }

  private static List<String> ports(EnvoyBackend backend) {
    return EnvoyBackends.ports(backend).stream().map(String::valueOf).toList();
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
      return standing(policy, target, objects.find(service, Resource.class).orElse(null));
    }
    Optional<Service> found = objects.find(service, Service.class);
    if (found.isEmpty()) {
      return notFound("targetRefs: " + service + " does not exist");
    }
    return standing(policy, target, service, found.get().ports());
  }

  /// At a backend that is not a Service.
  private Standing standing(ObjectRef policy, TargetRef target, @Nullable Resource backend) {
    ObjectRef ref = service(policy, target);
    @Nullable List<String> sections =
        switch (backend) {
          case XBackend x -> List.of(x.portName());
          case EnvoyBackend e -> ports(e);
          case KgatewayBackend _ -> List.of();
          case null, default -> null;
        };
    if (sections == null) {
      return notFound(
          BACKENDS.contains(target.kind())
              ? "targetRefs: " + ref + " does not exist"
              : "targetRefs: "
                  + target.kind()
                  + " "
                  + target.name()
                  + " is not a Service; only those, and backends of other kinds, can be targeted");
    }
    if (target.sectionName().isPresent() && !sections.contains(target.sectionName().get())) {
      return notFound("targetRefs: " + ref + " has no port called " + target.sectionName().get());
    }
    return first(policy, target, ref)
        .or(() -> firstOfItsPorts(policy, target, backend))
        .orElseGet(() -> new Standing.Counts(""));
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
    return first(policy, target, service)
        .orElseGet(() ->
            new Standing.Counts(
                meant.stream().anyMatch(PolicyTargets::isUdp)
                    ? "the UDP ports of " + service + " are not affected"
                    : ""));
  }

  /// Absent where the policy is the first.
  private Optional<Standing> first(ObjectRef policy, TargetRef target, ObjectRef service) {
    ObjectRef first =
        claims.get(service).getOrDefault(target.sectionName().orElse(WHOLE), List.of()).getFirst();
    if (first.equals(policy)) {
      return Optional.empty();
    }
    return Optional.of(
        new Standing.Refused(
            new Refusal(
                "Conflicted",
                first
                    + " already says how to reach "
                    + service
                    + target.sectionName().map(s -> ", port " + s).orElse("")
                    + ", and comes first by age, then by name. "
                    + mend)));
  }

  /// Absent where the policy is the first for any of the ports.
  private Optional<Standing> firstOfItsPorts(
      ObjectRef policy, TargetRef target, @Nullable Resource backend) {
    if (target.sectionName().isEmpty() || !(backend instanceof EnvoyBackend)) {
      return Optional.empty();
    }
    ObjectRef first = ofPort(backend.ref(), WHOLE).getFirst();
    return first.equals(policy)
        ? Optional.empty()
        : Optional.of(
            new Standing.Refused(
                new Refusal(
                    "Conflicted",
                    first
                        + " already says how to reach another port of "
                        + backend.ref()
                        + ", and all its endpoints are reached in one way. Remove one of the two, or"
                        + " make a Backend for each port.")));
  }

  private static String portNames(List<Service.Port> ports) {
    List<String> names = ports.stream().map(Service.Port::name).filter(n -> !n.isEmpty()).toList();
    return names.isEmpty() ? "; its ports have no names" : "; it has " + String.join(", ", names);
  }

  static ObjectRef service(ObjectRef policy, TargetRef target) {
    return new ObjectRef(target.kind(), policy.namespace(), target.name());
  }

  static boolean isUdp(Service.Port port) {
    return port.protocol().equals("UDP");
  }

  private static Standing notFound(String message) {
    return new Standing.Refused(new Refusal("TargetNotFound", message));
  }

  /// By section, the policies that target it, oldest first.
  private Map<String, List<ObjectRef>> claims(ObjectRef service) {
    List<Resource> byAge = new ArrayList<>(2);
    for (ObjectRef ref : objects.pointingAt(service)) {
      if (ref.kind().equals(kind)) {
        objects.find(ref, type).ifPresent(byAge::add);
      }
    }
    if (byAge.isEmpty()) {
      return Map.of();
    }
    byAge.sort(Age.OLDEST_FIRST);
    Map<String, List<ObjectRef>> sections = new LinkedHashMap<>();
    for (Resource policy : byAge) {
      for (TargetRef target : targetRefs.apply(policy)) {
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
