package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.JudgedRoute;
import dev.postern.gatewayapi.resolve.JudgedRoute.Destination;
import dev.postern.gatewayapi.resolve.RouteAt;
import dev.postern.gatewayapi.resolve.RouteRules;
import dev.postern.gatewayapi.resource.ByteRoute;
import dev.postern.gatewayapi.resource.GrpcRoute;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.ir.ForwardOptions;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.HttpFilters;
import dev.postern.ir.PathMatch;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.WeightedBackend;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The rules of a route as ir routes, one for each match.
final class RouteLowering {
  private static final RouteAction NO_BACKEND =
      new RouteAction.DirectResponse(500, "no backend is configured\n");

  private static final RouteAction CLOSED =
      new RouteAction.DirectResponse(500, "the route is not configured correctly\n");

  private static final WeightedBackend.Destination INVALID_BACKEND =
      new WeightedBackend.Destination.Respond(500, "the backend is not configured correctly\n");

  private final Query<ObjectRef, List<RankedRoute>> lowered;
  private final Query<RouteAt, List<RankedRoute>> loweredAt;

  RouteLowering(Memo memo, RouteRules rules) {
    lowered = memo.query(route -> lower(rules.judgement(route)));
    loweredAt = memo.query(at -> lower(rules.judgement(at)));
  }

  /// In the order in which they are tried among themselves.
  List<RankedRoute> of(ObjectRef route) {
    return lowered.get(route);
  }

  /// The same, to be merged with others.
  Query<ObjectRef, List<RankedRoute>> query() {
    return lowered;
  }

  /// The same, for requests that come through a Gateway which brings something to the hop.
  Query<RouteAt, List<RankedRoute>> queryAt() {
    return loweredAt;
  }

  private static List<RankedRoute> lower(Optional<JudgedRoute> judged) {
    List<RankedRoute> routes = new ArrayList<>();
    judged.ifPresent(j -> j.rules().forEach(rule -> lower(j.route(), rule, routes)));
    routes.sort(RankedRoute.ORDER);
    return List.copyOf(routes);
  }

  private static void lower(RouteObject route, JudgedRoute.Rule rule, List<RankedRoute> into) {
    String id = route.metadata().namespace() + "/" + route.metadata().name();
    Instant created = route.metadata().creationTimestamp();
    int number = rule.number();
    HeaderMutation request = HeaderFilters.request(rule.spec().filters());
    HeaderMutation response = HeaderFilters.response(rule.spec().filters());
    HttpFilters filters =
        RouteFilters.before(
            rule.spec().filters(),
            rule.authorization()
                .map(asked ->
                    RouteFilters.authorization(asked.spec(), destination(asked.backend()))));
    switch (rule.spec()) {
      case HttpRoute.Rule http -> {
        for (int i = 0; i < http.matches().size(); i++) {
          HttpRoute.Match match = http.matches().get(i);
          RouteMatch to = Matches.lower(rule.closed() ? ClosedMatches.of(match) : match);
          String name = "httproute/" + id + "/rule/" + number + "/match/" + i;
          into.add(
              new RankedRoute(
                  Rank.of(Matches.lower(match), created, id, number, i),
                  new Route(name, to, request, response, filters, action(rule, to.path()), false)));
        }
      }
      case GrpcRoute.Rule grpc -> {
        for (int i = 0; i < grpc.matches().size(); i++) {
          GrpcRoute.Match match = grpc.matches().get(i);
          RouteMatch to = Matches.lower(rule.closed() ? ClosedMatches.of(match) : match);
          String name = "grpcroute/" + id + "/rule/" + number + "/match/" + i;
          into.add(
              new RankedRoute(
                  Rank.of(match, created, id, number, i),
                  new Route(name, to, request, response, filters, action(rule, to.path()), true)));
        }
      }
      case ByteRoute.Rule _ -> {}
    }
  }

  /// Without a backend of any weight, all requests get 500 (HTTPRouteRule.backendRefs).
  private static RouteAction action(JudgedRoute.Rule rule, PathMatch path) {
    if (rule.closed()) {
      return CLOSED;
    }
    Optional<RouteAction> redirect = RouteFilters.redirect(rule.spec().filters(), path);
    if (redirect.isPresent()) {
      return redirect.get();
    }
    if (rule.backends().stream().allMatch(backend -> backend.spec().weight() == 0)) {
      return NO_BACKEND;
    }
    return new RouteAction.Forward(
        rule.backends().stream().map(RouteLowering::backend).toList(),
        RouteFilters.options(
            rule.spec(),
            path,
            rule.mirrors().stream()
                .map(mirror ->
                    new ForwardOptions.RequestMirror(
                        destination(mirror.backend()),
                        mirror.spec().numerator(),
                        mirror.spec().denominator()))
                .toList(),
            rule.session().map(session -> SessionLowering.of(session, rule.spec()))));
  }

  private static WeightedBackend.Destination destination(JudgedRoute.Backend backend) {
    return switch (backend.destination()) {
      case Destination.Port port when port.byScheme() ->
          new WeightedBackend.Destination.ToClusterByScheme(
              ClusterNames.of(port, false), ClusterNames.of(port, true));
      case Destination.Port port ->
          new WeightedBackend.Destination.ToCluster(ClusterNames.of(port, false));
      case Destination.Nowhere() -> INVALID_BACKEND;
    };
  }

  private static WeightedBackend backend(JudgedRoute.Backend backend) {
    return new WeightedBackend(
        backend.spec().weight(),
        destination(backend),
        HeaderFilters.request(backend.spec().filters()),
        HeaderFilters.response(backend.spec().filters()));
  }
}
