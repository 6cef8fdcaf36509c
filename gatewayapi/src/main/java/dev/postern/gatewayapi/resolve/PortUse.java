package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.JudgedRoute.Destination;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Which ports of a Service get requests.
public final class PortUse {
  private final Objects objects;
  private final Attachments attachments;
  private final RouteRules rules;
  private final Query<ObjectRef, List<Integer>> ports;

  PortUse(Memo memo, Objects objects, Attachments attachments, RouteRules rules) {
    this.objects = objects;
    this.attachments = attachments;
    this.rules = rules;
    ports = memo.query(this::find);
  }

  /// The ports that some attached route reaches, ascending.
  public List<Integer> of(ObjectRef service) {
    return ports.get(service);
  }

  private List<Integer> find(ObjectRef service) {
    TreeSet<Integer> used = new TreeSet<>();
    for (ObjectRef ref : objects.pointingAt(service)) {
      if (ref.kind().equals(Kind.HTTP_ROUTE) && attachments.of(ref).isAttached()) {
        rules.judgement(ref).ifPresent(route -> collect(route, service, used));
      }
    }
    return List.copyOf(used);
  }

  private static void collect(JudgedRoute route, ObjectRef service, Set<Integer> into) {
    for (JudgedRoute.Rule rule : route.rules()) {
      for (JudgedRoute.Backend backend : rule.backends()) {
        if (backend.destination() instanceof Destination.Port(ServicePort port)
            && port.service().equals(service)) {
          into.add(port.port());
        }
      }
    }
  }
}
