package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.ByteRoute;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.GrpcRoute;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ListenerSet;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.resource.RouteObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which routes attach to which listeners (Gateway API, "Attaching Routes to Gateways"): a listener
/// that the parentRef means, that allows the route, and that has a host in common with it.
public final class Attachments {
  private final Objects objects;
  private final GatewayRules gateways;
  private final RuleSupport support;
  private final HostConflicts conflicts;
  private final Query<ObjectRef, Attachment> attachments;

  Attachments(Memo memo, Objects objects, GatewayRules gateways, RuleSupport support) {
    this.objects = objects;
    this.gateways = gateways;
    this.support = support;
    conflicts = new HostConflicts(memo, objects, this::draft);
    attachments = memo.query(this::judge);
  }

  /// Where a route attaches.
  public Attachment of(ObjectRef route) {
    return attachments.get(route);
  }

  /// The same, to be gathered.
  public Query<ObjectRef, Attachment> query() {
    return attachments;
  }

  private Attachment judge(ObjectRef ref) {
    return new Attachment(
        draft(ref).parents().stream().map(parent -> withoutConflicts(ref, parent)).toList());
  }

  /// A listener where another route has the hosts is as if it were not meant.
  private Attachment.Parent withoutConflicts(ObjectRef route, Attachment.Parent parent) {
    Map<String, ObjectRef> lost = conflicts.lost(parent, route);
    if (lost.isEmpty()) {
      return parent;
    }
    List<Attachment.Place> kept =
        parent.places().stream().filter(place -> !lost.containsKey(place.listener())).toList();
    if (kept.size() == parent.places().size()) {
      return parent;
    }
    String message =
        String.join(
            "; ",
            parent.places().stream()
                .filter(place -> lost.containsKey(place.listener()))
                .map(place ->
                    "at listener "
                        + place.listener()
                        + " of "
                        + parent.owner()
                        + " the older "
                        + lost.get(place.listener())
                        + " has a hostname that this route asks for; HTTPRoute and GRPCRoute cannot"
                        + " share one. Give them different hostnames or listeners.")
                .toList());
    return kept.isEmpty()
        ? refuse(parent.ref(), parent.gateway(), parent.owner(), "NotAllowedByListeners", message)
        : new Attachment.Parent(
            parent.ref(), parent.gateway(), parent.owner(), Optional.empty(), kept, message);
  }

  private Attachment draft(ObjectRef ref) {
    return objects
        .find(ref, RouteObject.class)
        .map(route ->
            new Attachment(
                route.parentRefs().stream()
                    .flatMap(parent -> judge(route, parent).stream())
                    .toList()))
        .orElseGet(() -> new Attachment(List.of()));
  }

  private Optional<Attachment.Parent> judge(RouteObject route, ParentRef parent) {
    ObjectRef owner = Objects.target(parent, route.metadata().namespace());
    Optional<ObjectRef> gateway =
        parent.kind().equals(Kind.GATEWAY)
            ? Optional.of(owner)
            : objects.find(owner, ListenerSet.class).map(ListenerSet::parent);
    return gateway.flatMap(
        ref -> gateways.draftOf(ref).map(draft -> judge(route, parent, ref, owner, draft)));
  }

  private Attachment.Parent judge(
      RouteObject route,
      ParentRef parent,
      ObjectRef gateway,
      ObjectRef owner,
      GatewayRules.Draft draft) {
    List<GatewayRules.DraftListener> own =
        draft.listeners().stream().filter(l -> l.owner().equals(owner)).toList();
    if (own.isEmpty()) {
      return refuse(
          parent,
          gateway,
          owner,
          "NotAllowedByListeners",
          owner + " has not joined " + gateway + "; see the status of " + owner);
    }
    List<GatewayRules.DraftListener> meant =
        own.stream().filter(l -> isMeant(parent, l.spec())).toList();
    if (meant.isEmpty()) {
      return refuse(
          parent, gateway, owner, "NoMatchingParent", noMatchingParent(parent, owner, own));
    }
    List<GatewayRules.DraftListener> allowing =
        meant.stream().filter(listener -> allows(listener, route)).toList();
    if (allowing.isEmpty()) {
      return refuse(
          parent, gateway, owner, "NotAllowedByListeners", notAllowed(route, owner, meant));
    }
    List<Attachment.Place> places =
        allowing.stream().flatMap(listener -> place(listener.spec(), route).stream()).toList();
    if (places.isEmpty()) {
      return refuse(
          parent, gateway, owner, "NoMatchingListenerHostname", noHost(route, owner, allowing));
    }
    return support
        .of(route.ref())
        .refused()
        .map(why -> refuse(parent, gateway, owner, why.reason(), why.message()))
        .orElseGet(
            () -> new Attachment.Parent(parent, gateway, owner, Optional.empty(), places, ""));
  }

  private static Attachment.Parent refuse(
      ParentRef parent, ObjectRef gateway, ObjectRef owner, String reason, String message) {
    return new Attachment.Parent(
        parent, gateway, owner, Optional.of(new Refusal(reason, message)), List.of(), "");
  }

  private static boolean isMeant(ParentRef parent, Gateway.Listener listener) {
    return parent.sectionName().map(listener.name()::equals).orElse(true)
        && parent.port().map(port -> port == listener.port()).orElse(true);
  }

  private boolean allows(GatewayRules.DraftListener listener, RouteObject route) {
    return listener.routeKinds().contains(route.kind())
        && ListenerSets.allows(
            objects,
            listener.spec().allowedRoutes().from(),
            listener.owner().namespace(),
            route.metadata().namespace());
  }

  private static Optional<Attachment.Place> place(Gateway.Listener listener, RouteObject route) {
    String own = listener.hostname().orElse(Hostnames.ANY);
    List<String> asked = route.hostnames().isEmpty() ? List.of(Hostnames.ANY) : route.hostnames();
    List<String> hosts = new ArrayList<>(asked.size());
    for (String host : asked) {
      Hostnames.intersect(own, host).filter(both -> !hosts.contains(both)).ifPresent(hosts::add);
    }
    return hosts.isEmpty()
        ? Optional.empty()
        : Optional.of(new Attachment.Place(listener.name(), hosts, kind(listener, route)));
  }

  private static RouteKind kind(Gateway.Listener listener, RouteObject route) {
    return switch (route) {
      case HttpRoute _ -> RouteKind.HTTP;
      case GrpcRoute _ -> RouteKind.GRPC;
      case ByteRoute _ -> ListenerProtocol.bytes(listener);
    };
  }

  private static String noMatchingParent(
      ParentRef parent, ObjectRef gateway, List<GatewayRules.DraftListener> own) {
    String asked =
        parent.sectionName().map(s -> " named " + s).orElse("")
            + parent.port().map(p -> " on port " + p).orElse("");
    return gateway
        + " has no listener"
        + asked
        + "; it has "
        + String.join(
            ", ", own.stream().map(l -> l.spec().name() + " on port " + l.spec().port()).toList());
  }

  private static String notAllowed(
      RouteObject route, ObjectRef gateway, List<GatewayRules.DraftListener> meant) {
    boolean byKind = meant.stream().noneMatch(l -> l.routeKinds().contains(route.kind()));
    return "listener "
        + names(meant)
        + " of "
        + gateway
        + (byKind
            ? " takes no " + route.kind().kind()
            : " takes no routes of namespace "
                + route.metadata().namespace()
                + "; see its allowedRoutes.namespaces");
  }

  private static String noHost(
      RouteObject route, ObjectRef gateway, List<GatewayRules.DraftListener> allowing) {
    return "hostnames "
        + String.join(", ", route.hostnames())
        + " have nothing in common with listener "
        + String.join(
            ", ",
            allowing.stream()
                .map(l -> l.spec().name() + " (" + l.spec().hostname().orElse("any host") + ")")
                .toList())
        + " of "
        + gateway;
  }

  private static String names(List<GatewayRules.DraftListener> listeners) {
    return String.join(", ", listeners.stream().map(l -> l.spec().name()).toList());
  }
}
