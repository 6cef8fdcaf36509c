package dev.postern.gatewayapi.translate;

import com.google.re2j.Pattern;
import dev.postern.gatewayapi.resource.GrpcRoute;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.HttpRoute.MatchType;
import dev.postern.gatewayapi.resource.HttpRoute.NamedMatch;
import dev.postern.ir.HeaderMatch;
import dev.postern.ir.PathMatch;
import dev.postern.ir.QueryMatch;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.ValueMatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// HTTPRouteMatch and GRPCRouteMatch as the ir says them.
final class Matches {
  private Matches() {}

  static RouteMatch lower(HttpRoute.Match match) {
    return new RouteMatch(
        path(match.path()),
        match.method(),
        headers(match.headers()),
        queryParameters(match.queryParams()));
  }

  /// A gRPC request is a POST of `/<service>/<method>` (gRPC over HTTP2, Requests).
  static RouteMatch lower(GrpcRoute.Match match) {
    return new RouteMatch(
        match.method().map(Matches::path).orElse(RouteMatch.ANY.path()),
        Optional.of("POST"),
        headers(match.headers()),
        List.of());
  }

  private static PathMatch path(GrpcRoute.MethodMatch match) {
    if (match.type() == MatchType.REGULAR_EXPRESSION) {
      return regex(match.service(), match.method());
    }
    if (match.service().isEmpty()) {
      return regex(match.service(), match.method().map(Pattern::quote));
    }
    String service = "/" + match.service().get();
    return match
        .method()
        .<PathMatch>map(method -> new PathMatch.Exact(service + "/" + method))
        .orElseGet(() -> new PathMatch.Prefix(service));
  }

  private static PathMatch regex(Optional<String> service, Optional<String> method) {
    return new PathMatch.Regex("/" + part(service) + "/" + part(method));
  }

  private static String part(Optional<String> regex) {
    return regex.map(text -> "(?:" + text + ")").orElse("[^/]+");
  }

  private static PathMatch path(HttpRoute.PathMatch path) {
    return switch (path.type()) {
      case EXACT -> new PathMatch.Exact(path.value());
      case PATH_PREFIX -> new PathMatch.Prefix(withoutTrailingSlash(path.value()));
      case REGULAR_EXPRESSION -> new PathMatch.Regex(path.value());
    };
  }

  /// `/foo/` means the same as `/foo` (HTTPPathMatch, PathPrefix).
  private static String withoutTrailingSlash(String path) {
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /// Of several entries with one name only the first counts; header names have no case
  /// (HTTPHeaderMatch.name).
  private static List<HeaderMatch> headers(List<NamedMatch> matches) {
    Map<String, HeaderMatch> first = new LinkedHashMap<>();
    for (NamedMatch match : matches) {
      String name = match.name().toLowerCase(Locale.ROOT);
      first.putIfAbsent(name, new HeaderMatch(name, value(match)));
    }
    return List.copyOf(first.values());
  }

  private static List<QueryMatch> queryParameters(List<NamedMatch> matches) {
    Map<String, QueryMatch> first = new LinkedHashMap<>();
    matches.forEach(
        match -> first.putIfAbsent(match.name(), new QueryMatch(match.name(), value(match))));
    return List.copyOf(first.values());
  }

  private static ValueMatch value(NamedMatch match) {
    return match.type() == MatchType.REGULAR_EXPRESSION
        ? new ValueMatch.Regex(match.value())
        : new ValueMatch.Exact(match.value());
  }
}
