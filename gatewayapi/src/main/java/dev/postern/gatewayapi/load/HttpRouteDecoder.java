package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.duration;
import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.optionalNumber;
import static dev.postern.gatewayapi.load.Metadatas.textList;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.resource.SessionPersistence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// HTTPRoute. What is valid and not built yet goes into the `unsupported` lists.
final class HttpRouteDecoder {
  private static final HttpRoute.PathMatch ANY_PATH =
      new HttpRoute.PathMatch(HttpRoute.MatchType.PATH_PREFIX, "/");

  private HttpRouteDecoder() {}

  static HttpRoute route(Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = Metadatas.fields(root, "spec");
    List<HttpRoute.Rule> rules = new ArrayList<>();
    for (Fields rule : spec.maps("rules")) {
      rules.add(rule(rule));
    }
    return new HttpRoute(
        metadata,
        version,
        origin,
        parents(spec),
        textList(spec, "hostnames"),
        rules,
        unsupported(spec));
  }

  static List<ParentRef> parents(Fields spec) {
    List<ParentRef> parents = new ArrayList<>();
    for (Fields parent : spec.maps("parentRefs")) {
      parents.add(
          new ParentRef(
              GatewayDecoder.kind(parent),
              optional(parent, "namespace"),
              parent.textOrEmpty("name"),
              optional(parent, "sectionName"),
              optionalNumber(parent, "port")));
    }
    return parents;
  }

  static List<String> unsupported(Fields spec) {
    return spec.textOrEmpty("useDefaultGateways").equals("All")
        ? List.of("spec.useDefaultGateways")
        : List.of();
  }

  private static HttpRoute.Rule rule(Fields rule) {
    List<String> unsupported = new ArrayList<>();
    List<HttpRoute.Match> matches = new ArrayList<>();
    for (Fields match : rule.maps("matches")) {
      matches.add(match(match));
    }
    List<HttpRoute.Filter> filters = HttpFilterDecoder.ofRule(rule);
    List<HttpRoute.BackendRef> backends = backends(rule, unsupported);
    return new HttpRoute.Rule(
        optional(rule, "name"),
        matches,
        filters,
        backends,
        timeouts(Metadatas.fields(rule, "timeouts")),
        Optional.ofNullable(rule.map("retry")).map(HttpRouteDecoder::retry),
        session(rule),
        unsupported);
  }

  private static HttpRoute.Timeouts timeouts(Fields timeouts) {
    Optional<Duration> request = duration(timeouts, "request");
    Optional<Duration> backend = duration(timeouts, "backendRequest");
    return request.isEmpty() && backend.isEmpty()
        ? HttpRoute.Timeouts.NONE
        : new HttpRoute.Timeouts(request, backend);
  }

  private static HttpRoute.Retry retry(Fields retry) {
    List<Integer> codes = new ArrayList<>();
    for (String code : textList(retry, "codes")) {
      codes.add((int) Numbers.parse(code));
    }
    return new HttpRoute.Retry(
        codes,
        retry.has("attempts")
            ? Optional.of((int) Math.min(retry.number("attempts"), Integer.MAX_VALUE))
            : Optional.empty(),
        duration(retry, "backoff"));
  }

  static List<HttpRoute.BackendRef> backends(Fields rule, List<String> unsupported) {
    List<HttpRoute.BackendRef> backends = new ArrayList<>();
    List<Fields> refs = rule.maps("backendRefs");
    for (int i = 0; i < refs.size(); i++) {
      backends.add(backend(refs.get(i), "backendRefs[" + i + "].", unsupported));
    }
    return backends;
  }

  /// sessionPersistence of a rule or a policy.
  static Optional<SessionPersistence> session(Fields holder) {
    return Optional.ofNullable(holder.map("sessionPersistence"))
        .map(session ->
            new SessionPersistence(
                optional(session, "sessionName").filter(name -> !name.isEmpty()),
                session.textOrEmpty("type").equals("Header"),
                duration(session, "absoluteTimeout"),
                Metadatas.fields(session, "cookieConfig")
                    .textOrEmpty("lifetimeType")
                    .equals("Permanent")));
  }

  private static HttpRoute.Match match(Fields match) {
    return new HttpRoute.Match(
        path(Metadatas.fields(match, "path")),
        named(match, "headers"),
        named(match, "queryParams"),
        optional(match, "method"));
  }

  private static HttpRoute.PathMatch path(Fields path) {
    HttpRoute.MatchType type = matchType(path.textOrEmpty("type"));
    String value = path.textOrEmpty("value");
    return type == ANY_PATH.type() && value.equals(ANY_PATH.value())
        ? ANY_PATH
        : new HttpRoute.PathMatch(type, value);
  }

  static HttpRoute.MatchType matchType(String type) {
    return switch (type) {
      case "PathPrefix" -> HttpRoute.MatchType.PATH_PREFIX;
      case "RegularExpression" -> HttpRoute.MatchType.REGULAR_EXPRESSION;
      default -> HttpRoute.MatchType.EXACT;
    };
  }

  static List<HttpRoute.NamedMatch> named(Fields match, String field) {
    List<HttpRoute.NamedMatch> matches = new ArrayList<>();
    for (Fields named : match.maps(field)) {
      matches.add(
          new HttpRoute.NamedMatch(
              matchType(named.textOrEmpty("type")),
              named.textOrEmpty("name"),
              named.textOrEmpty("value")));
    }
    return matches;
  }

  private static HttpRoute.BackendRef backend(Fields ref, String at, List<String> unsupported) {
    return new HttpRoute.BackendRef(
        GatewayDecoder.kind(ref),
        optional(ref, "namespace"),
        ref.textOrEmpty("name"),
        optionalNumber(ref, "port"),
        (int) ref.number("weight"),
        HttpFilterDecoder.ofBackend(ref, at, unsupported));
  }
}
