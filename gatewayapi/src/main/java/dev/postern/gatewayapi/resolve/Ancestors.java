package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.RouteObject;
import java.util.List;
import java.util.TreeSet;

/// Which Gateways reach a Service through a route. They are the ancestors of the policies that
/// target it (BackendTLSPolicy.status).
final class Ancestors {
  private final Objects objects;
  private final Grants grants;
  private final Attachments attachments;
  private final Query<ObjectRef, List<ObjectRef>> gateways;

  Ancestors(Memo memo, Objects objects, Grants grants, Attachments attachments) {
    this.objects = objects;
    this.grants = grants;
    this.attachments = attachments;
    gateways = memo.query(this::find);
  }

  /// Sorted.
  List<ObjectRef> of(ObjectRef service) {
    return gateways.get(service);
  }

  private List<ObjectRef> find(ObjectRef service) {
    TreeSet<ObjectRef> found = new TreeSet<>();
    for (ObjectRef ref : objects.pointingAt(service)) {
      if (objects.find(ref, RouteObject.class).isPresent()
          && grants.permit(ref.kind(), ref.namespace(), service)) {
        attachments.of(ref).parents().stream()
            .filter(parent -> parent.refused().isEmpty())
            .forEach(parent -> found.add(parent.gateway()));
      }
    }
    return List.copyOf(found);
  }
}
