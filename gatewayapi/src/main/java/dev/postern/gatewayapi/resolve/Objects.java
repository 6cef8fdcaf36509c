package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Gathered;
import dev.postern.gatewayapi.memo.Index;
import dev.postern.gatewayapi.memo.Inputs;
import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.BackendConfigPolicy;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.BackendTrafficPolicy;
import dev.postern.gatewayapi.resource.ConfigMap;
import dev.postern.gatewayapi.resource.DestinationRule;
import dev.postern.gatewayapi.resource.EndpointSlice;
import dev.postern.gatewayapi.resource.EnvoyBackend;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.GrpcRoute;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.KgatewayBackend;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ListenerSet;
import dev.postern.gatewayapi.resource.Namespace;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.resource.ReferenceGrant;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.gatewayapi.resource.Secret;
import dev.postern.gatewayapi.resource.Service;
import dev.postern.gatewayapi.resource.XBackend;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/// Every object, and who points at whom. Reading is noted, so that a rule is applied again exactly
/// when what it read has changed.
public final class Objects {
  private final Inputs<ObjectRef, Optional<Resource>> objects;
  private final Index<Kind, ObjectRef> byKind;
  private final Index<ObjectRef, ObjectRef> pointers;
  private final Index<String, ObjectRef> grants;
  private final Index<ObjectRef, ObjectRef> grpcRoutes;
  private final Index<ObjectRef, ObjectRef> listenerSets;

  public Objects(Memo memo) {
    objects = memo.inputs(Optional.empty());
    byKind = memo.index();
    pointers = memo.index();
    grants = memo.index();
    grpcRoutes = memo.index();
    listenerSets = memo.index();
  }

  /// Takes in an object that is new or differs.
  public void put(Resource object) {
    set(object.ref(), Optional.of(object));
  }

  /// Takes in that an object is gone.
  public void remove(ObjectRef ref) {
    set(ref, Optional.empty());
  }

  private void set(ObjectRef ref, Optional<Resource> now) {
    Optional<Resource> before = objects.peek(ref);
    if (before.equals(now)) {
      return;
    }
    before.ifPresent(object -> unindex(object, now));
    now.ifPresent(this::index);
    objects.set(ref, now);
  }

  /// Adding what is there already changes nothing.
  private void index(Resource object) {
    byKind.add(object.kind(), object.ref());
    point(object, pointers::add);
    if (object instanceof GrpcRoute route) {
      parents(route).forEach(parent -> grpcRoutes.add(parent, route.ref()));
    }
    if (object instanceof ListenerSet set) {
      listenerSets.add(set.parent(), set.ref());
    }
    if (object instanceof ReferenceGrant grant) {
      grants.add(grant.metadata().namespace(), grant.ref());
    }
  }

  private void unindex(Resource object, Optional<Resource> now) {
    Map<ObjectRef, ObjectRef> kept = new HashMap<>();
    now.ifPresent(next -> point(next, (target, by) -> kept.put(target, by)));
    point(
        object,
        (target, by) -> {
          if (!kept.containsKey(target)) {
            pointers.remove(target, by);
          }
        });
    if (object instanceof GrpcRoute route) {
      Set<ObjectRef> still =
          now.map(next -> next instanceof GrpcRoute g ? parents(g) : Set.<ObjectRef>of())
              .orElse(Set.of());
      parents(route).stream()
          .filter(parent -> !still.contains(parent))
          .forEach(parent -> grpcRoutes.remove(parent, route.ref()));
    }
    if (object instanceof ListenerSet set
        && !(now.orElse(null) instanceof ListenerSet next && next.parent().equals(set.parent()))) {
      listenerSets.remove(set.parent(), set.ref());
    }
    if (now.isEmpty()) {
      byKind.remove(object.kind(), object.ref());
      if (object instanceof ReferenceGrant grant) {
        grants.remove(grant.metadata().namespace(), grant.ref());
      }
    }
  }

  /// What an object points at, as far as somebody looks from there.
  private static void point(Resource object, BiConsumer<ObjectRef, ObjectRef> pointer) {
    ObjectRef by = object.ref();
    String namespace = by.namespace();
    switch (object) {
      case RouteObject route -> {
        route.parentRefs().forEach(p -> pointer.accept(target(p, namespace), by));
        for (RouteObject.Rule rule : route.rules()) {
          rule.references().forEach(b -> pointer.accept(target(b, namespace), by));
        }
      }
      case BackendTlsPolicy policy -> targets(policy.targetRefs(), by, pointer);
      case BackendConnectionPolicy policy -> targets(policy.targetRefs(), by, pointer);
      case BackendTrafficPolicy policy -> targets(policy.targetRefs(), by, pointer);
      case BackendConfigPolicy policy -> targets(policy.targetRefs(), by, pointer);
      case EndpointSlice slice ->
          slice
              .serviceName()
              .ifPresent(s -> pointer.accept(new ObjectRef(Kind.SERVICE, namespace, s), by));
      case GatewayClass _,
          Gateway _,
          ListenerSet _,
          ReferenceGrant _,
          Namespace _,
          Service _,
          ConfigMap _,
          Secret _,
          XBackend _,
          EnvoyBackend _,
          KgatewayBackend _,
          DestinationRule _ -> {}
    }
  }

  private static void targets(
      List<BackendTlsPolicy.TargetRef> targets,
      ObjectRef by,
      BiConsumer<ObjectRef, ObjectRef> pointer) {
    targets.forEach(target -> pointer.accept(PolicyTargets.service(by, target), by));
  }

  private static Set<ObjectRef> parents(GrpcRoute route) {
    Set<ObjectRef> parents = new HashSet<>();
    route.parentRefs().forEach(p -> parents.add(target(p, route.metadata().namespace())));
    return parents;
  }

  /// Whether some GRPCRoute names this Gateway, or a ListenerSet that wants to join it.
  boolean hasGrpcRoutes(ObjectRef gateway) {
    return grpcRoutes.count(gateway) > 0
        || listenerSetsOf(gateway).stream().anyMatch(set -> grpcRoutes.count(set) > 0);
  }

  /// The ListenerSets that want to join a Gateway.
  Set<ObjectRef> listenerSetsOf(ObjectRef gateway) {
    return listenerSets.get(gateway);
  }

  static ObjectRef target(ParentRef parent, String namespace) {
    return new ObjectRef(parent.kind(), parent.namespace().orElse(namespace), parent.name());
  }

  static ObjectRef target(HttpRoute.BackendRef backend, String namespace) {
    return new ObjectRef(backend.kind(), backend.namespace().orElse(namespace), backend.name());
  }

  /// All of a kind.
  public Set<ObjectRef> all(Kind kind) {
    return byKind.get(kind);
  }

  /// The results of a query for all objects of a kind.
  public <V> Gathered<ObjectRef, V> gather(Memo memo, Kind kind, Query<ObjectRef, V> query) {
    return memo.gather(byKind, kind, query);
  }

  /// Whatever points at an object: routes, policies, EndpointSlices.
  Set<ObjectRef> pointingAt(ObjectRef target) {
    return pointers.get(target);
  }

  /// The grants of a namespace.
  Set<ObjectRef> grantsIn(String namespace) {
    return grants.get(namespace);
  }

  /// The object of a name, if it is there and of that type.
  public <T extends Resource> Optional<T> find(ObjectRef ref, Class<T> type) {
    Resource found = objects.get(ref).orElse(null);
    return type.isInstance(found) ? Optional.of(type.cast(found)) : Optional.empty();
  }

  /// The same, without taking note of who asks.
  public Optional<Resource> peek(ObjectRef ref) {
    return objects.peek(ref);
  }

  /// A namespace's labels. Every namespace exists and has the label with its own name.
  Map<String, String> namespaceLabels(String name) {
    Map<String, String> labels = new HashMap<>();
    find(new ObjectRef(Kind.NAMESPACE, "", name), Namespace.class)
        .ifPresent(namespace -> labels.putAll(namespace.metadata().labels()));
    labels.put("kubernetes.io/metadata.name", name);
    return labels;
  }
}
