package dev.postern.gatewayapi.resolve;

import com.google.re2j.PatternSyntaxException;
import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.ByteRoute;
import dev.postern.gatewayapi.resource.GrpcRoute;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.HttpRoute.MatchType;
import dev.postern.gatewayapi.resource.HttpRoute.NamedMatch;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.RouteObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/// Which rules of a route Postern can follow, by what they say alone.
final class RuleSupport {
  private final Objects objects;
  private final Query<ObjectRef, Supported> supported;

  RuleSupport(Memo memo, Objects objects) {
    this.objects = objects;
    supported = memo.query(this::judge);
  }

  /// @param refused why no rule is left, so that the route cannot be accepted
  /// @param dropped why some rules are as if they were not there; empty when none is
  /// @param kept the numbers of the rules that are there
  /// @param closed those of them that cannot be followed, and that would let requests past a filter
  ///   if they were dropped
  record Supported(
      Optional<Refusal> refused, String dropped, List<Integer> kept, Set<Integer> closed) {
    static final Supported NOTHING = new Supported(Optional.empty(), "", List.of(), Set.of());
  }

  Supported of(ObjectRef route) {
    return supported.get(route);
  }

  private Supported judge(ObjectRef ref) {
    return objects.find(ref, RouteObject.class).map(this::judge).orElse(Supported.NOTHING);
  }

  private Supported judge(RouteObject route) {
    if (!route.unsupported().isEmpty()) {
      return refuse(GatewayRules.notBuilt(route.unsupported()));
    }
    List<String> clashes = sessionClashes(route);
    if (!clashes.isEmpty()) {
      return refuse(String.join("; ", clashes));
    }
    List<Integer> kept = new ArrayList<>();
    Set<Integer> closed = new LinkedHashSet<>();
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < route.rules().size(); i++) {
      RouteObject.Rule rule = route.rules().get(i);
      Optional<String> problem = problem(rule);
      boolean guarded = problem.isPresent() && AuthorizationRules.isGuarded(rule);
      Optional<String> worst =
          (guarded ? problem.map(AuthorizationRules::closed) : problem)
              .or(() -> AuthorizationRules.closed(rule));
      if (problem.isEmpty() || guarded) {
        kept.add(i);
      }
      if (guarded || AuthorizationRules.isClosed(rule)) {
        closed.add(i);
      }
      if (worst.isPresent()) {
        problems.add(name(i, rule) + worst.get());
      }
    }
    String all = String.join("; ", problems);
    return kept.isEmpty() && !problems.isEmpty()
        ? refuse(all)
        : new Supported(Optional.empty(), all, kept, closed);
  }

  /// One of them is enough for the route to be rejected as a whole (GEP-1619).
  private List<String> sessionClashes(RouteObject route) {
    List<String> clashes = new ArrayList<>();
    for (int i = 0; i < route.rules().size(); i++) {
      Optional<String> why = SessionAffinity.problem(objects, route, route.rules().get(i));
      if (why.isPresent()) {
        clashes.add(name(i, route.rules().get(i)) + why.get());
      }
    }
    return clashes;
  }

  private static String name(int number, RouteObject.Rule rule) {
    return "rule " + number + rule.name().map(named -> " (" + named + ")").orElse("") + ": ";
  }

  private static Supported refuse(String why) {
    return new Supported(
        Optional.of(new Refusal("UnsupportedValue", why)), "", List.of(), Set.of());
  }

  private static Optional<String> problem(RouteObject.Rule rule) {
    if (!rule.unsupported().isEmpty()) {
      return Optional.of(GatewayRules.notBuilt(rule.unsupported()));
    }
    Optional<String> session = rule.sessionPersistence().flatMap(SessionNames::problem);
    if (session.isPresent()) {
      return session;
    }
    return switch (rule) {
      case HttpRoute.Rule http -> first(http.matches(), RuleSupport::problem);
      case GrpcRoute.Rule grpc -> first(grpc.matches(), RuleSupport::problem);
      case ByteRoute.Rule _ -> Optional.empty();
    };
  }

  private static <M> Optional<String> first(
      List<M> matches, BiFunction<String, M, Optional<String>> problem) {
    for (int i = 0; i < matches.size(); i++) {
      Optional<String> found = problem.apply("matches[" + i + "].", matches.get(i));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> problem(String at, GrpcRoute.Match match) {
    return match
        .method()
        .filter(method -> method.type() == MatchType.REGULAR_EXPRESSION)
        .flatMap(method ->
            method
                .service()
                .flatMap(service -> problem(at + "method.service", service))
                .or(() -> method.method().flatMap(name -> problem(at + "method.method", name))))
        .or(() -> problem(at + "headers", match.headers()));
  }

  private static Optional<String> problem(String at, HttpRoute.Match match) {
    if (match.path().type() == MatchType.REGULAR_EXPRESSION) {
      Optional<String> problem = problem(at + "path", match.path().value());
      if (problem.isPresent()) {
        return problem;
      }
    }
    return problem(at + "headers", match.headers())
        .or(() -> problem(at + "queryParams", match.queryParams()));
  }

  private static Optional<String> problem(String at, List<NamedMatch> matches) {
    if (matches.isEmpty()) {
      return Optional.empty();
    }
    return matches.stream()
        .filter(match -> match.type() == MatchType.REGULAR_EXPRESSION)
        .flatMap(match -> problem(at + " " + match.name(), match.value()).stream())
        .findFirst();
  }

  /// Only RE2 is taken: it matches in linear time whatever a client sends.
  private static Optional<String> problem(String at, String regex) {
    try {
      var _ = Re2.compile(regex);
      return Optional.empty();
    } catch (PatternSyntaxException e) {
      return Optional.of(
          at
              + ": \""
              + regex
              + "\" is not a regular expression that RE2 takes ("
              + e.getDescription()
              + ")");
    }
  }
}
