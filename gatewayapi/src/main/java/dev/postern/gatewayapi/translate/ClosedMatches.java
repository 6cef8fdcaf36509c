package dev.postern.gatewayapi.translate;

import com.google.re2j.PatternSyntaxException;
import dev.postern.gatewayapi.resolve.Re2;
import dev.postern.gatewayapi.resource.GrpcRoute;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.HttpRoute.MatchType;
import dev.postern.gatewayapi.resource.HttpRoute.NamedMatch;
import java.util.List;

/// The matches of a rule that is closed. An expression that RE2 does not take is read as wide as it
/// may be meant: what the rule would have taken must not get past its filter through another rule.
final class ClosedMatches {
  private static final String ANYTHING = ".*";
  private static final String REPEATS = "*+?{";

  private ClosedMatches() {}

  static HttpRoute.Match of(HttpRoute.Match match) {
    HttpRoute.PathMatch path = match.path();
    return new HttpRoute.Match(
        isReadable(path.type(), path.value())
            ? path
            : new HttpRoute.PathMatch(path.type(), beginning(path.value()) + ANYTHING),
        named(match.headers()),
        named(match.queryParams()),
        match.method());
  }

  static GrpcRoute.Match of(GrpcRoute.Match match) {
    return new GrpcRoute.Match(
        match
            .method()
            .map(method ->
                new GrpcRoute.MethodMatch(
                    method.type(),
                    method.service().map(service -> wide(method.type(), service)),
                    method.method().map(name -> wide(method.type(), name)))),
        named(match.headers()));
  }

  private static List<NamedMatch> named(List<NamedMatch> matches) {
    return matches.stream()
        .map(match -> new NamedMatch(match.type(), match.name(), wide(match.type(), match.value())))
        .toList();
  }

  private static String wide(MatchType type, String text) {
    return isReadable(type, text) ? text : ANYTHING;
  }

  private static boolean isReadable(MatchType type, String text) {
    if (type != MatchType.REGULAR_EXPRESSION) {
      return true;
    }
    try {
      var _ = Re2.compile(text);
      return true;
    } catch (PatternSyntaxException _) {
      return false;
    }
  }

  /// The letters with which all begins that the expression can match, such as `/admin/` of
  /// `/admin/(?!login).*`. A last one that is repeated may be absent.
  private static String beginning(String expression) {
    if (expression.contains("|")) {
      return "";
    }
    int start = expression.startsWith("^") ? 1 : 0;
    int end = start;
    while (end < expression.length() && isPlain(expression.charAt(end))) {
      end++;
    }
    boolean repeated = end < expression.length() && REPEATS.indexOf(expression.charAt(end)) >= 0;
    return expression.substring(start, repeated ? Math.max(start, end - 1) : end);
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '/'
        || c == '-'
        || c == '_';
  }
}
