package dev.postern.gatewayapi.explain;

import com.google.re2j.Pattern;
import dev.postern.ir.FilterChain;
import dev.postern.ir.HeaderMatch;
import dev.postern.ir.Listener;
import dev.postern.ir.PathMatch;
import dev.postern.ir.QueryMatch;
import dev.postern.ir.Route;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.ValueMatch;
import dev.postern.ir.VirtualHost;
import java.util.List;
import java.util.Optional;

/// Finds the route of a request, as the ir says it: slowly and plainly, where a data plane does it
/// fast.
public final class RequestMatcher {
  private RequestMatcher() {}

  /// The filter chain for a connection whose client asks for that server name: the exact one, that
  /// of the longest suffix, else the one that takes all.
  public static Optional<FilterChain> chain(Listener listener, String serverName) {
    FilterChain best = null;
    int bestLength = -1;
    for (FilterChain chain : listener.filterChains()) {
      int length = chain.serverNames().isEmpty() ? 0 : -1;
      for (String name : chain.serverNames()) {
        length = Math.max(length, specificity(name, serverName));
      }
      if (length > bestLength) {
        best = chain;
        bestLength = length;
      }
    }
    return Optional.ofNullable(best);
  }

  /// The route; none gives 404. What no route of the chosen virtual host takes does not fall to a
  /// less specific one.
  public static Optional<Route> route(RouteConfiguration routes, Request request) {
    return virtualHost(routes, request.hostname()).stream()
        .flatMap(host -> host.routes().stream())
        .filter(route -> matches(route.match(), request))
        .findFirst();
  }

  private static Optional<VirtualHost> virtualHost(RouteConfiguration routes, String host) {
    VirtualHost best = null;
    int bestLength = -1;
    for (VirtualHost candidate : routes.virtualHosts()) {
      int length = specificity(candidate.domain(), host);
      if (length > bestLength) {
        best = candidate;
        bestLength = length;
      }
    }
    return Optional.ofNullable(best);
  }

  /// How well a name fits a host; less than 0 for not at all.
  private static int specificity(String name, String host) {
    if (name.equals(host)) {
      return Integer.MAX_VALUE;
    }
    if (name.equals("*")) {
      return 0;
    }
    return name.startsWith("*.")
            && host.length() >= name.length()
            && host.endsWith(name.substring(1))
        ? name.length()
        : -1;
  }

  private static boolean matches(RouteMatch match, Request request) {
    return request.path().filter(path -> matches(match.path(), path)).isPresent()
        && match.method().map(request.method()::equals).orElse(true)
        && match.headers().stream().allMatch(header -> matches(header, request))
        && match.queryParameters().stream().allMatch(query -> matches(query, request));
  }

  private static boolean matches(PathMatch match, String path) {
    return switch (match) {
      case PathMatch.Exact(String exact) -> path.equals(exact);
      case PathMatch.Prefix(String prefix) ->
          prefix.equals("/") || path.equals(prefix) || path.startsWith(prefix + "/");
      case PathMatch.Regex(String re2) -> Pattern.matches(re2, path);
    };
  }

  private static boolean matches(HeaderMatch match, Request request) {
    String value =
        match.name().equals("host") ? request.host() : request.headers().get(match.name());
    return value != null && matches(match.value(), value);
  }

  /// The first parameter of that name counts, as the client wrote it.
  private static boolean matches(QueryMatch match, Request request) {
    for (String part : List.of(request.query().split("&", -1))) {
      int equals = part.indexOf('=');
      if (match.name().equals(equals < 0 ? part : part.substring(0, equals))) {
        return matches(match.value(), equals < 0 ? "" : part.substring(equals + 1));
      }
    }
    return false;
  }

  private static boolean matches(ValueMatch match, String value) {
    return switch (match) {
      case ValueMatch.Exact(String exact) -> value.equals(exact);
      case ValueMatch.Regex(String re2) -> Pattern.matches(re2, value);
    };
  }
}
