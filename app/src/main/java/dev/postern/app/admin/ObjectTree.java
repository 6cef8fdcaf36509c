package dev.postern.app.admin;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.status.ObjectStatus;
import dev.postern.gatewayapi.status.StatusTree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Objects as trees of maps and lists: their names, where they were read, and their status in the
/// shape that the API gives it.
final class ObjectTree {
  private ObjectTree() {}

  /// The object's name, where it was read, and its status if it has one.
  static Map<String, Object> of(ObjectRef object, Origin origin, Optional<ObjectStatus> status) {
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
}
