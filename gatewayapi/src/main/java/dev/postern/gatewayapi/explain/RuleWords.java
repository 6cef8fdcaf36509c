package dev.postern.gatewayapi.explain;

import dev.postern.gatewayapi.resolve.JudgedRoute;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.HttpRoute.Filter;
import dev.postern.gatewayapi.resource.HttpRoute.PathModifier;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.gatewayapi.resource.SessionPersistence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a rule does with requests, in a person's words. Header changes are left out: they do not
/// change where a request goes.
final class RuleWords {
  private RuleWords() {}

  static List<String> of(JudgedRoute.Rule judged) {
    RouteObject.Rule rule = judged.spec();
    List<String> words = new ArrayList<>();
    rule.filters().forEach(filter -> words.add(of(filter) + leftOut(filter, judged)));
    if (rule instanceof HttpRoute.Rule http) {
      http.timeouts().request().ifPresent(limit -> words.add("timeout " + limit(limit)));
      http.timeouts()
          .backendRequest()
          .ifPresent(limit -> words.add("timeout of an attempt " + limit(limit)));
      http.retry().ifPresent(retry -> words.add(retry(retry)));
    }
    rule.sessionPersistence()
        .ifPresent(session -> words.add("keeps sessions by " + session(session)));
    words.removeIf(String::isEmpty);
    return words;
  }

  static String session(SessionPersistence session) {
    return (session.header() ? "header" : "cookie") + part(" ", session.name());
  }

  private static String leftOut(Filter filter, JudgedRoute.Rule rule) {
    return filter instanceof Filter.RequestMirror
            && rule.mirrors().stream().noneMatch(mirror -> mirror.spec().equals(filter))
        ? ": left out, as it cannot be reached; see ResolvedRefs in the route's status"
        : "";
  }

  private static String of(Filter filter) {
    return switch (filter) {
      case Filter.RequestHeaderModifier _, Filter.ResponseHeaderModifier _ -> "";
      case Filter.RequestRedirect redirect ->
          "answers "
              + redirect.status()
              + ", a redirect"
              + part(" to scheme ", redirect.scheme())
              + part(" to host ", redirect.hostname())
              + part(" to port ", redirect.port())
              + redirect.path().map(RuleWords::path).orElse("");
      case Filter.UrlRewrite rewrite ->
          "rewrites"
              + part(" host to ", rewrite.hostname())
              + rewrite.path().map(RuleWords::path).orElse("");
      case Filter.RequestMirror mirror ->
          "copies "
              + mirror.numerator()
              + " of "
              + mirror.denominator()
              + " requests to "
              + target(mirror.backendRef());
      case Filter.Cors cors -> "CORS for " + String.join(", ", cors.allowOrigins());
      case Filter.ExternalAuth auth ->
          "asks "
              + target(auth.backendRef())
              + (auth.protocol() instanceof HttpRoute.AuthProtocol.Grpc() ? " in gRPC" : " in HTTP")
              + " whether a request may pass";
      case Filter.ExtensionRef(var kind, String name) ->
          "closed: there is no filter " + kind + " " + name;
    };
  }

  private static String target(HttpRoute.BackendRef ref) {
    return ref.kind().kind() + " " + ref.name() + part(":", ref.port());
  }

  private static String path(PathModifier path) {
    return switch (path) {
      case PathModifier.ReplaceFullPath(String full) -> " path to " + full;
      case PathModifier.ReplacePrefixMatch(String replacement) ->
          " the matched prefix to " + (replacement.isEmpty() ? "/" : replacement);
    };
  }

  private static String part(String before, Optional<?> value) {
    return value.map(text -> before + text).orElse("");
  }

  private static String limit(Duration limit) {
    return limit.isZero() ? "none" : limit.toMillis() + " ms";
  }

  private static String retry(HttpRoute.Retry retry) {
    return "repeats"
        + part(" up to times: ", retry.attempts())
        + (retry.codes().isEmpty() ? "" : " after " + retry.codes());
  }
}
