package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.ByteRoute;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Conditions;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.List;
import java.util.Optional;

/// The status of routes of all kinds.
final class RouteReport {
  private final Attachments attachments;
  private final RuleSupport support;
  private final RouteRules rules;
  private final ByteRoutes bytes;

  RouteReport(Attachments attachments, RuleSupport support, RouteRules rules, ByteRoutes bytes) {
    this.attachments = attachments;
    this.support = support;
    this.rules = rules;
    this.bytes = bytes;
  }

  /// The status; absent where no Gateway of ours is concerned.
  Optional<ObjectStatus> of(RouteObject route) {
    Attachment attachment = attachments.of(route.ref());
    if (attachment.parents().isEmpty()) {
      return Optional.empty();
    }
    List<ObjectStatus.ParentStatus> parents =
        attachment.parents().stream()
            .flatMap(parent ->
                judgement(route, parent).stream()
                    .map(judged ->
                        new ObjectStatus.ParentStatus(
                            route.parentRefs().indexOf(parent.ref()),
                            parent.ref(),
                            GatewayClass.CONTROLLER,
                            conditions(parent, judged))))
            .toList();
    return Optional.of(new ObjectStatus.OfRoute(parents));
  }

  /// Where the parent has listeners of several kinds, what fails at one of them is told.
  private Optional<JudgedRoute> judgement(RouteObject route, Attachment.Parent parent) {
    if (!(route instanceof ByteRoute)) {
      return rules.judgement(route.ref(), parent.gateway());
    }
    List<RouteKind> kinds =
        parent.places().isEmpty()
            ? List.of(RouteRules.usual(route))
            : parent.places().stream().map(Attachment.Place::kind).distinct().toList();
    List<JudgedRoute> all =
        kinds.stream()
            .flatMap(kind -> rules.judgement(route.ref(), parent.gateway(), kind).stream())
            .toList();
    return all.stream()
        .filter(judged -> judged.unresolved().isPresent())
        .findFirst()
        .or(() -> all.stream().findFirst());
  }

  private List<Condition> conditions(Attachment.Parent parent, JudgedRoute judged) {
    RouteObject route = judged.route();
    Conditions conditions = new Conditions(route.metadata().generation());
    parent
        .refused()
        .ifPresentOrElse(
            why -> conditions.no("Accepted", why.reason(), why.message()),
            () -> conditions.yes("Accepted", note(route, parent)));
    judged
        .unresolved()
        .ifPresentOrElse(
            why -> conditions.no("ResolvedRefs", why.reason(), why.message()),
            () -> conditions.yes("ResolvedRefs", String.join("; ", judged.notes())));
    String dropped = dropped(route.ref());
    if (!dropped.isEmpty() && parent.refused().isEmpty()) {
      conditions.yes("PartiallyInvalid", "UnsupportedValue", "Dropped Rule: " + dropped);
    }
    return conditions.list();
  }

  private String note(RouteObject route, Attachment.Parent parent) {
    return route instanceof ByteRoute of ? bytes.lost(of, parent) : parent.note();
  }

  private String dropped(ObjectRef route) {
    return support.of(route).dropped();
  }
}
