package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.HttpRoute.Filter;
import dev.postern.gatewayapi.resource.HttpRoute.PathModifier;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.ir.ForwardOptions;
import dev.postern.ir.ForwardOptions.RequestMirror;
import dev.postern.ir.ForwardOptions.RetryPolicy;
import dev.postern.ir.ForwardOptions.SessionPersistence;
import dev.postern.ir.HttpFilters;
import dev.postern.ir.PathMatch;
import dev.postern.ir.PathRewrite;
import dev.postern.ir.RouteAction;
import dev.postern.ir.WeightedBackend;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A rule's filters, timeouts and retries as the ir says them. Of redirects, rewrites and CORS
/// there is at most one each (HTTPRouteRule.filters).
final class RouteFilters {
  /// How often a request is tried again where nobody says how often (Envoy's `num_retries`).
  private static final int DEFAULT_RETRIES = 1;

  private RouteFilters() {}

  /// What comes before the action.
  ///
  /// @param asked who is asked, where somebody is
  static HttpFilters before(
      List<Filter> filters, Optional<HttpFilters.ExternalAuthorization> asked) {
    Optional<HttpFilters.Cors> cors = only(filters, Filter.Cors.class).map(RouteFilters::cors);
    return cors.isEmpty() && asked.isEmpty() ? HttpFilters.NONE : new HttpFilters(cors, asked);
  }

  static HttpFilters.ExternalAuthorization authorization(
      Filter.ExternalAuth auth, WeightedBackend.Destination to) {
    return new HttpFilters.ExternalAuthorization(
        to,
        switch (auth.protocol()) {
          case HttpRoute.AuthProtocol.Grpc() ->
              new HttpFilters.ExternalAuthorization.Protocol.Grpc();
          case HttpRoute.AuthProtocol.Http(String path, List<String> headers) ->
              new HttpFilters.ExternalAuthorization.Protocol.Http(prefix(path), lowerCase(headers));
        },
        lowerCase(auth.allowedHeaders()),
        (int) auth.maxSize());
  }

  /// What a path that begins with a slash is put behind.
  private static String prefix(String path) {
    String rooted = path.isEmpty() || path.startsWith("/") ? path : "/" + path;
    return rooted.endsWith("/") ? rooted.substring(0, rooted.length() - 1) : rooted;
  }

  private static HttpFilters.Cors cors(Filter.Cors cors) {
    return new HttpFilters.Cors(
        cors.allowOrigins(),
        cors.allowMethods(),
        lowerCase(cors.allowHeaders()),
        cors.exposeHeaders(),
        cors.allowCredentials(),
        cors.maxAge());
  }

  private static List<String> lowerCase(List<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }

  /// A redirect, if the rule is one. A scheme without a port means the scheme's own port, neither
  /// the listener's (HTTPRequestRedirectFilter.port).
  static Optional<RouteAction> redirect(List<Filter> filters, PathMatch path) {
    return only(filters, Filter.RequestRedirect.class)
        .map(redirect ->
            new RouteAction.Redirect(
                redirect.scheme(),
                redirect.hostname(),
                redirect.port().or(() -> redirect.scheme().map(RouteFilters::ownPort)),
                redirect.path().map(modifier -> rewrite(modifier, path)),
                redirect.status()));
  }

  private static int ownPort(String scheme) {
    return scheme.equals("https") ? 443 : 80;
  }

  static ForwardOptions options(
      RouteObject.Rule rule,
      PathMatch path,
      List<RequestMirror> mirrors,
      Optional<SessionPersistence> session) {
    Optional<Filter.UrlRewrite> rewrite = only(rule.filters(), Filter.UrlRewrite.class);
    HttpRoute.Timeouts timeouts =
        rule instanceof HttpRoute.Rule http ? http.timeouts() : HttpRoute.Timeouts.NONE;
    Optional<HttpRoute.Retry> retry =
        rule instanceof HttpRoute.Rule http ? http.retry() : Optional.empty();
    return new ForwardOptions(
        timeouts.request(),
        timeouts.backendRequest(),
        retry.map(RouteFilters::retry),
        rewrite.flatMap(Filter.UrlRewrite::hostname),
        rewrite.flatMap(Filter.UrlRewrite::path).map(modifier -> rewrite(modifier, path)),
        mirrors,
        session);
  }

  private static RetryPolicy retry(HttpRoute.Retry retry) {
    return new RetryPolicy(
        retry.attempts().orElse(DEFAULT_RETRIES), retry.codes(), retry.backoff());
  }

  /// A prefix is only replaced where the rule has one match, of a prefix (HTTPRouteRule, CEL).
  private static PathRewrite rewrite(PathModifier modifier, PathMatch path) {
    return switch (modifier) {
      case PathModifier.ReplaceFullPath(String full) -> new PathRewrite.Full(full);
      case PathModifier.ReplacePrefixMatch(String replacement) ->
          path instanceof PathMatch.Prefix(String prefix)
              ? new PathRewrite.Prefix(prefix, replacement)
              : new PathRewrite.Full(replacement);
    };
  }

  private static <F extends Filter> Optional<F> only(List<Filter> filters, Class<F> type) {
    for (Filter filter : filters) {
      if (type.isInstance(filter)) {
        return Optional.of(type.cast(filter));
      }
    }
    return Optional.empty();
  }
}
