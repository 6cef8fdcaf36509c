package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.JudgedRoute.Destination;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.RouteObject;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Which ports of a Service or another backend get requests.
public final class PortUse {
  private static final Comparator<Destination.Port> ORDER =
      Comparator.comparingInt((Destination.Port to) -> to.key().port().port())
          .thenComparing(to -> to.key().route())
          .thenComparing(to -> to.key().gateway().map(ObjectRef::toString).orElse(""));

  private final Objects objects;
  private final Attachments attachments;
  private final RouteRules rules;
  private final Query<ObjectRef, List<Destination.Port>> ports;

  PortUse(Memo memo, Objects objects, Attachments attachments, RouteRules rules) {
    this.objects = objects;
    this.attachments = attachments;
    this.rules = rules;
    ports = memo.query(this::find);
  }

  /// The ports that some attached route reaches, and how, ascending.
  public List<Destination.Port> of(ObjectRef backend) {
    return ports.get(backend);
  }

  private List<Destination.Port> find(ObjectRef service) {
    TreeSet<Destination.Port> used = new TreeSet<>(ORDER);
    for (ObjectRef ref : objects.pointingAt(service)) {
      if (objects.find(ref, RouteObject.class).isPresent()) {
        Attachment attachment = attachments.of(ref);
        attachment
            .gateways()
            .forEach(gateway ->
                attachment
                    .kindsAt(gateway)
                    .forEach(kind ->
                        rules
                            .judgement(ref, gateway, kind)
                            .ifPresent(route -> collect(route, service, used))));
      }
    }
    return List.copyOf(used);
  }

  private static void collect(JudgedRoute route, ObjectRef service, Set<Destination.Port> into) {
    for (JudgedRoute.Rule rule : route.rules()) {
      rule.backends().forEach(backend -> collect(backend, service, into));
      rule.mirrors().forEach(mirror -> collect(mirror.backend(), service, into));
      rule.authorization().ifPresent(asked -> collect(asked.backend(), service, into));
    }
  }

  private static void collect(
      JudgedRoute.Backend backend, ObjectRef service, Set<Destination.Port> into) {
    if (backend.destination() instanceof Destination.Port port
        && port.key().port().backend().equals(service)) {
      into.add(port);
    }
  }
}
