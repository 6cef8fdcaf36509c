package dev.postern.gatewayapi.translate;

import dev.postern.ir.PathMatch;
import dev.postern.ir.RouteMatch;
import java.time.Instant;
import java.util.Comparator;

/// Which of several matches is tried first (HTTPRoute.spec.rules[].matches): an exact path, the
/// longest prefix, then regular expressions; then with a method, more headers, more query
/// parameters; then the older route, its namespace/name, and the order within the route.
record Rank(
    int pathKind,
    int pathLength,
    boolean method,
    int headers,
    int queryParameters,
    Instant created,
    String route,
    int rule,
    int match)
    implements Comparable<Rank> {

  private static final Comparator<Rank> ORDER =
      Comparator.comparingInt(Rank::pathKind)
          .thenComparing(Rank::pathLength, Comparator.reverseOrder())
          .thenComparing(Rank::method, Comparator.reverseOrder())
          .thenComparing(Rank::headers, Comparator.reverseOrder())
          .thenComparing(Rank::queryParameters, Comparator.reverseOrder())
          .thenComparing(Rank::created)
          .thenComparing(Rank::route)
          .thenComparingInt(Rank::rule)
          .thenComparingInt(Rank::match);

  static Rank of(RouteMatch match, Instant created, String route, int rule, int number) {
    int kind =
        switch (match.path()) {
          case PathMatch.Exact _ -> 0;
          case PathMatch.Prefix _ -> 1;
          case PathMatch.Regex _ -> 2;
        };
    int length =
        switch (match.path()) {
          case PathMatch.Prefix(String path) -> path.length();
          case PathMatch.Exact _, PathMatch.Regex _ -> 0;
        };
    return new Rank(
        kind,
        length,
        match.method().isPresent(),
        match.headers().size(),
        match.queryParameters().size(),
        created,
        route,
        rule,
        number);
  }

  @Override
  public int compareTo(Rank that) {
    return ORDER.compare(this, that);
  }
}
