package dev.postern.app.admin;

import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Statuses as trees of maps and lists, in the shape that the API gives them.
final class StatusTree {
  private StatusTree() {}

  /// The object's name, where it was read, and its status if it has one.
  static Object of(ObjectRef object, Origin origin, Optional<ObjectStatus> status) {
    Map<String, Object> tree = name(object);
    origin.at("").ifPresent(at -> tree.put("origin", at));
    tree.put("status", status.<Object>map(StatusTree::of).orElse(Map.of()));
    return tree;
  }

  static Map<String, Object> name(ObjectRef object) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("group", object.kind().group());
    tree.put("kind", object.kind().kind());
    if (!object.namespace().isEmpty()) {
      tree.put("namespace", object.namespace());
    }
    tree.put("name", object.name());
    return tree;
  }

  private static Object of(ObjectStatus status) {
    Map<String, Object> tree = new LinkedHashMap<>();
    switch (status) {
      case ObjectStatus.OfGatewayClass of -> {
        tree.put("conditions", conditions(of.conditions()));
        tree.put("supportedFeatures", named(of.supportedFeatures()));
      }
      case ObjectStatus.OfGateway of -> {
        tree.put("addresses", of.addresses().stream().map(StatusTree::of).toList());
        tree.put("conditions", conditions(of.conditions()));
        tree.put("listeners", of.listeners().stream().map(StatusTree::of).toList());
      }
      case ObjectStatus.OfRoute of ->
          tree.put("parents", of.parents().stream().map(StatusTree::of).toList());
      case ObjectStatus.OfPolicy of ->
          tree.put("ancestors", of.ancestors().stream().map(StatusTree::of).toList());
    }
    return tree;
  }

  private static List<Object> named(List<String> features) {
    return features.stream().<Object>map(feature -> Map.of("name", feature)).toList();
  }

  private static Object of(ObjectStatus.Address address) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("type", address.type());
    tree.put("value", address.value());
    return tree;
  }

  private static Object of(ObjectStatus.ListenerStatus listener) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", listener.name());
    tree.put("attachedRoutes", listener.attachedRoutes());
    tree.put("supportedKinds", listener.supportedKinds().stream().map(StatusTree::of).toList());
    tree.put("conditions", conditions(listener.conditions()));
    return tree;
  }

  private static Object of(ObjectStatus.ParentStatus parent) {
    ParentRef ref = parent.parentRef();
    Map<String, Object> parentRef = of(ref.kind());
    ref.namespace().ifPresent(namespace -> parentRef.put("namespace", namespace));
    parentRef.put("name", ref.name());
    ref.sectionName().ifPresent(section -> parentRef.put("sectionName", section));
    ref.port().ifPresent(port -> parentRef.put("port", port));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("parentRef", parentRef);
    tree.put("controllerName", parent.controllerName());
    tree.put("conditions", conditions(parent.conditions()));
    return tree;
  }

  private static Object of(ObjectStatus.AncestorStatus ancestor) {
    Map<String, Object> ancestorRef = name(ancestor.ancestor());
    ancestor.sectionName().ifPresent(section -> ancestorRef.put("sectionName", section));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("ancestorRef", ancestorRef);
    tree.put("controllerName", ancestor.controllerName());
    tree.put("conditions", conditions(ancestor.conditions()));
    return tree;
  }

  private static Map<String, Object> of(Kind kind) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("group", kind.group());
    tree.put("kind", kind.kind());
    return tree;
  }

  private static List<Object> conditions(List<Condition> conditions) {
    return conditions.stream().<Object>map(StatusTree::of).toList();
  }

  private static Object of(Condition condition) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("type", condition.type());
    tree.put("status", condition.status().text());
    tree.put("reason", condition.reason());
    tree.put("message", condition.message());
    tree.put("observedGeneration", condition.observedGeneration());
    return tree;
  }
}
