package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.textList;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.GrpcRoute;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// GRPCRoute. What it has in common with HTTPRoute is read by [HttpRouteDecoder].
final class GrpcRouteDecoder {
  private static final GrpcRoute.Match ANY = new GrpcRoute.Match(Optional.empty(), List.of());

  private GrpcRouteDecoder() {}

  static GrpcRoute route(Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = Metadatas.fields(root, "spec");
    List<GrpcRoute.Rule> rules = new ArrayList<>();
    for (Fields rule : spec.maps("rules")) {
      rules.add(rule(rule));
    }
    return new GrpcRoute(
        metadata,
        version,
        origin,
        HttpRouteDecoder.parents(spec),
        textList(spec, "hostnames"),
        rules,
        HttpRouteDecoder.unsupported(spec));
  }

  private static GrpcRoute.Rule rule(Fields rule) {
    List<String> unsupported = new ArrayList<>();
    List<GrpcRoute.Match> matches = new ArrayList<>();
    for (Fields match : rule.maps("matches")) {
      matches.add(
          new GrpcRoute.Match(
              Optional.ofNullable(match.map("method")).map(GrpcRouteDecoder::method),
              HttpRouteDecoder.named(match, "headers")));
    }
    List<HttpRoute.Filter> filters = HttpFilterDecoder.ofRule(rule);
    List<HttpRoute.BackendRef> backends = HttpRouteDecoder.backends(rule, unsupported);
    return new GrpcRoute.Rule(
        optional(rule, "name"),
        matches.isEmpty() ? List.of(ANY) : matches,
        filters,
        backends,
        HttpRouteDecoder.session(rule),
        unsupported);
  }

  private static GrpcRoute.MethodMatch method(Fields method) {
    return new GrpcRoute.MethodMatch(
        HttpRouteDecoder.matchType(method.textOrEmpty("type")),
        optional(method, "service").filter(text -> !text.isEmpty()),
        optional(method, "method").filter(text -> !text.isEmpty()));
  }
}
