package dev.postern.gatewayapi.status;

import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.status.ObjectStatus.AncestorStatus;
import dev.postern.gatewayapi.status.ObjectStatus.ListenerStatus;
import dev.postern.gatewayapi.status.ObjectStatus.ParentStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A status as a tree of Map, List, String, Integer and Long, under the names that the API gives to
/// the fields. The time of the last transition is the status sink's to add.
public final class StatusTree {
  private StatusTree() {}

  /// The contents of the object's field `status`.
  public static Map<String, Object> of(ObjectStatus status) {
    Map<String, Object> tree = new LinkedHashMap<>();
    switch (status) {
      case ObjectStatus.OfGatewayClass(var conditions, var features) -> {
        tree.put("conditions", list(conditions, StatusTree::condition));
        tree.put("supportedFeatures", list(features, name -> Map.of("name", name)));
      }
      case ObjectStatus.OfGateway(var addresses, var conditions, var listeners, var sets) -> {
        tree.put("addresses", list(addresses, StatusTree::address));
        tree.put("conditions", list(conditions, StatusTree::condition));
        tree.put("listeners", list(listeners, StatusTree::listener));
        sets.ifPresent(count -> tree.put("attachedListenerSets", count));
      }
      case ObjectStatus.OfListenerSet(var conditions, var listeners) -> {
        tree.put("conditions", list(conditions, StatusTree::condition));
        tree.put("listeners", list(listeners, StatusTree::listener));
      }
      case ObjectStatus.OfRoute(var parents) ->
          tree.put("parents", list(parents, StatusTree::parent));
      case ObjectStatus.OfPolicy(var ancestors) ->
          tree.put("ancestors", list(ancestors, StatusTree::ancestor));
    }
    return tree;
  }

  private static <T> List<Object> list(List<T> items, Function<T, Object> tree) {
    return items.stream().map(tree).toList();
  }

  private static Map<String, Object> condition(Condition condition) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("type", condition.type());
    tree.put("status", condition.status().text());
    tree.put("reason", condition.reason());
    tree.put("message", condition.message());
    tree.put("observedGeneration", condition.observedGeneration());
    return tree;
  }

  private static Map<String, Object> address(ObjectStatus.Address address) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("type", address.type());
    tree.put("value", address.value());
    return tree;
  }

  private static Map<String, Object> listener(ListenerStatus listener) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", listener.name());
    tree.put("supportedKinds", list(listener.supportedKinds(), StatusTree::kind));
    tree.put("attachedRoutes", listener.attachedRoutes());
    tree.put("conditions", list(listener.conditions(), StatusTree::condition));
    return tree;
  }

  private static Map<String, Object> kind(Kind kind) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("group", kind.group());
    tree.put("kind", kind.kind());
    return tree;
  }

  private static Map<String, Object> parent(ParentStatus parent) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("parentRef", parentRef(parent.parentRef()));
    tree.put("controllerName", parent.controllerName());
    tree.put("conditions", list(parent.conditions(), StatusTree::condition));
    return tree;
  }

  private static Map<String, Object> parentRef(ParentRef ref) {
    Map<String, Object> tree = kind(ref.kind());
    ref.namespace().ifPresent(namespace -> tree.put("namespace", namespace));
    tree.put("name", ref.name());
    ref.sectionName().ifPresent(section -> tree.put("sectionName", section));
    ref.port().ifPresent(port -> tree.put("port", port));
    return tree;
  }

  private static Map<String, Object> ancestor(AncestorStatus ancestor) {
    Map<String, Object> ref = kind(ancestor.ancestor().kind());
    ref.put("namespace", ancestor.ancestor().namespace());
    ref.put("name", ancestor.ancestor().name());
    ancestor.sectionName().ifPresent(section -> ref.put("sectionName", section));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("ancestorRef", ref);
    tree.put("controllerName", ancestor.controllerName());
    tree.put("conditions", list(ancestor.conditions(), StatusTree::condition));
    return tree;
  }
}
