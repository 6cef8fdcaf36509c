package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import dev.postern.gatewayapi.resource.BackendTrafficPolicy;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// PolicyStatus.ancestors takes 16. A policy that more Gateways need cannot be implemented for the
/// rest of them ("they MUST consider the policy unimplementable and signal that on any related
/// resources such as the ancestor"): the oldest are named, so that a new Gateway takes nothing from
/// one that is there. Costs nothing where there are not so many Gateways.
final class AncestorLimit {
  static final int MAX = 16;

  private static final String ALL = "";

  private final Objects objects;
  private final Ancestors ancestors;
  private final Map<Kind, PolicyTargets> targets;
  private final Query<ObjectRef, Shared> shared;
  private final Query<String, Boolean> crowded;
  private final Query<String, Map<ObjectRef, List<ObjectRef>>> leftOut;
  private final Query<ObjectRef, List<ObjectRef>> leftOutAt;

  /// @param targets by the kinds of policies that have a status
  AncestorLimit(Memo memo, Objects objects, Ancestors ancestors, Map<Kind, PolicyTargets> targets) {
    this.objects = objects;
    this.ancestors = ancestors;
    this.targets = Map.copyOf(targets);
    shared = memo.query(this::share);
    crowded = memo.query(nothing -> objects.all(Kind.GATEWAY).size() > MAX);
    leftOut = memo.query(nothing -> leaveOut());
    leftOutAt = memo.query(gateway -> leftOut.get(ALL).getOrDefault(gateway, List.of()));
  }

  /// The Gateways that reach what a policy targets, each part sorted.
  ///
  /// @param named by its status
  /// @param leftOut for which there is no room
  record Shared(List<ObjectRef> named, List<ObjectRef> leftOut) {
    Shared {
      named = List.copyOf(named);
      leftOut = List.copyOf(leftOut);
    }

    boolean isEmpty() {
      return named.isEmpty();
    }
  }

  Shared of(ObjectRef policy) {
    return shared.get(policy);
  }

  /// The policies that would count for requests through a Gateway, if their status had room for it.
  List<ObjectRef> policiesWithout(ObjectRef gateway) {
    return leftOutAt.get(gateway);
  }

  /// Why a policy is not implemented for a Gateway, as the end of a sentence after `because`.
  static String because(ObjectRef policy, ObjectRef gateway) {
    return "the status of "
        + policy
        + " has room for the "
        + MAX
        + " oldest Gateways that reach what it targets, and "
        + gateway
        + " is not one of them, so that the policy cannot be implemented there. Reach it through"
        + " fewer Gateways, or give the others a Service of their own with a policy of its own.";
  }

  private Shared share(ObjectRef policy) {
    TreeSet<ObjectRef> gateways = new TreeSet<>();
    for (TargetRef target : targetRefs(policy)) {
      gateways.addAll(ancestors.of(PolicyTargets.service(policy, target)));
    }
    if (gateways.size() <= MAX) {
      return new Shared(List.copyOf(gateways), List.of());
    }
    List<ObjectRef> byAge =
        gateways.stream()
            .flatMap(ref -> objects.find(ref, Gateway.class).stream())
            .sorted(Age.OLDEST_FIRST)
            .map(Resource::ref)
            .toList();
    return new Shared(
        byAge.stream().limit(MAX).sorted().toList(), byAge.stream().skip(MAX).sorted().toList());
  }

  private List<TargetRef> targetRefs(ObjectRef policy) {
    return switch (objects.find(policy, Resource.class).orElse(null)) {
      case BackendTlsPolicy of -> of.targetRefs();
      case BackendConnectionPolicy of -> of.targetRefs();
      case BackendTrafficPolicy of -> of.targetRefs();
      case null, default -> List.of();
    };
  }

  private Map<ObjectRef, List<ObjectRef>> leaveOut() {
    if (!crowded.get(ALL)) {
      return Map.of();
    }
    Map<ObjectRef, List<ObjectRef>> byGateway = new HashMap<>();
    targets.keySet().stream()
        .flatMap(kind -> objects.all(kind).stream())
        .sorted()
        .forEach(policy -> {
          for (ObjectRef gateway : of(policy).leftOut()) {
            if (countsAt(policy, gateway)) {
              byGateway.computeIfAbsent(gateway, _ -> new ArrayList<>()).add(policy);
            }
          }
        });
    return byGateway;
  }

  private boolean countsAt(ObjectRef policy, ObjectRef gateway) {
    PolicyTargets claims = targets.get(policy.kind());
    return claims != null
        && reachedBy(policy, gateway)
            .anyMatch(
                target -> claims.standing(policy, target) instanceof PolicyTargets.Standing.Counts);
  }

  private Stream<TargetRef> reachedBy(ObjectRef policy, ObjectRef gateway) {
    return targetRefs(policy).stream()
        .filter(target -> ancestors.of(PolicyTargets.service(policy, target)).contains(gateway));
  }
}
