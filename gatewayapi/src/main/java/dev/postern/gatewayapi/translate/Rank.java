package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.resource.GrpcRoute;
import dev.postern.ir.PathMatch;
import dev.postern.ir.RouteMatch;
import java.time.Instant;

/// Which of several matches is tried first (HTTPRoute.spec.rules[].matches): an exact path, then
/// the longest prefix; then with a method, more headers, more query parameters; then the older
/// route, its namespace/name, and the order within the route.
///
/// Where regular expressions come is left open there. As in Envoy Gateway they come before all
/// prefixes, the longest expression first: else `/` would hide every one of them.
///
/// For gRPC (GRPCRoute.spec.rules[].matches): more characters of the service, more of the method,
/// more headers, and then the same. The two kinds are never tried together: they do not share
/// hosts.
record Rank(
    int pathKind,
    int pathLength,
    int method,
    int headers,
    int queryParameters,
    Instant created,
    String route,
    int rule,
    int match)
    implements Comparable<Rank> {
  static Rank of(RouteMatch match, Instant created, String route, int rule, int number) {
    int kind =
        switch (match.path()) {
          case PathMatch.Exact _ -> 0;
          case PathMatch.Regex _ -> 1;
          case PathMatch.Prefix _ -> 2;
        };
    int length =
        switch (match.path()) {
          case PathMatch.Prefix(String path) -> path.length();
          case PathMatch.Regex(String re2) -> re2.length();
          case PathMatch.Exact _ -> 0;
        };
    return new Rank(
        kind,
        length,
        match.method().isPresent() ? 1 : 0,
        match.headers().size(),
        match.queryParameters().size(),
        created,
        route,
        rule,
        number);
  }

  static Rank of(GrpcRoute.Match match, Instant created, String route, int rule, int number) {
    return new Rank(
        0,
        match.method().flatMap(GrpcRoute.MethodMatch::service).map(String::length).orElse(0),
        match.method().flatMap(GrpcRoute.MethodMatch::method).map(String::length).orElse(0),
        match.headers().size(),
        0,
        created,
        route,
        rule,
        number);
  }

  @Override
  public int compareTo(Rank that) {
    // Written out: ten thousand routes of a host are compared a hundred and thirty thousand times.
    int order = Integer.compare(pathKind, that.pathKind);
    order = order != 0 ? order : Integer.compare(that.pathLength, pathLength);
    order = order != 0 ? order : Integer.compare(that.method, method);
    order = order != 0 ? order : Integer.compare(that.headers, headers);
    order = order != 0 ? order : Integer.compare(that.queryParameters, queryParameters);
    order = order != 0 ? order : created.compareTo(that.created);
    order = order != 0 ? order : route.compareTo(that.route);
    order = order != 0 ? order : Integer.compare(rule, that.rule);
    return order != 0 ? order : Integer.compare(match, that.match);
  }
}
