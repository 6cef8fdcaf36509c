package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.JudgedRoute.Destination;
import dev.postern.gatewayapi.resolve.hop.Hop.Outcome;
import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Judges the rules of HTTPRoutes and their backends (HTTPRoute.spec.rules).
public final class RouteRules {
  private final Objects objects;
  private final Grants grants;
  private final RuleSupport support;
  private final Backends backends;
  private final Hops hops;
  private final Query<ObjectRef, Optional<JudgedRoute>> judged;
  private final Query<HopKey, Verdict> verdicts;

  RouteRules(
      Memo memo,
      Objects objects,
      Grants grants,
      RuleSupport support,
      Backends backends,
      Hops hops) {
    this.objects = objects;
    this.grants = grants;
    this.support = support;
    this.backends = backends;
    this.hops = hops;
    judged = memo.query(this::judge);
    verdicts = memo.query(this::verdict);
  }

  /// The judgement; absent where there is no such route.
  public Optional<JudgedRoute> judgement(ObjectRef route) {
    return judged.get(route);
  }

  /// What a route must know of a hop; changes less often than the hop.
  private record Verdict(Destination destination, Optional<Refusal> refused, String note) {
    static Verdict refuse(String reason, String message) {
      return new Verdict(new Destination.Nowhere(), Optional.of(new Refusal(reason, message)), "");
    }
  }

  private Optional<JudgedRoute> judge(ObjectRef ref) {
    return objects.find(ref, HttpRoute.class).map(this::judge);
  }

  private JudgedRoute judge(HttpRoute route) {
    List<JudgedRoute.Rule> rules = new ArrayList<>();
    List<Refusal> problems = new ArrayList<>();
    Set<String> notes = new LinkedHashSet<>();
    for (int number : support.of(route.ref()).kept()) {
      HttpRoute.Rule rule = route.rules().get(number);
      List<JudgedRoute.Backend> backends = new ArrayList<>();
      for (HttpRoute.BackendRef backend : rule.backendRefs()) {
        Verdict verdict = judge(route, backend);
        verdict.refused().ifPresent(problems::add);
        notes.add(verdict.note());
        backends.add(new JudgedRoute.Backend(backend, verdict.destination()));
      }
      rules.add(new JudgedRoute.Rule(number, rule, backends));
    }
    notes.remove("");
    return new JudgedRoute(route, rules, merge(problems), List.copyOf(notes));
  }

  /// The reason is the first one's, the message tells all.
  private static Optional<Refusal> merge(List<Refusal> problems) {
    return problems.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                problems.getFirst().reason(),
                String.join("; ", problems.stream().map(Refusal::message).distinct().toList())));
  }

  private Verdict judge(HttpRoute route, HttpRoute.BackendRef backend) {
    String namespace = route.metadata().namespace();
    ObjectRef target = Objects.target(backend, namespace);
    if (!backends.isKnown(backend.kind())) {
      return Verdict.refuse(
          "InvalidKind",
          "backendRef "
              + target
              + " cannot get requests; of these kinds it must be: "
              + backends.words());
    }
    if (!grants.permit(Kind.HTTP_ROUTE, namespace, target)) {
      return Verdict.refuse(
          "RefNotPermitted", "backendRef " + Grants.missing(Kind.HTTP_ROUTE, namespace, target));
    }
    if (backend.port().isEmpty() && backend.kind().equals(Kind.SERVICE)) {
      return Verdict.refuse("BackendNotFound", "backendRef " + target + " names no port");
    }
    return verdicts.get(
        new HopKey(
            new BackendPort(target, backend.port().orElse(0)), RouteKind.HTTP, Optional.empty()));
  }

  private Verdict verdict(HopKey key) {
    return switch (hops.of(key).outcome()) {
      case Outcome.Connect(_, String note) -> reached(key, false, note);
      case Outcome.ConnectByScheme(_, _, String note) -> reached(key, true, note);
      case Outcome.NotFound(String message) ->
          Verdict.refuse("BackendNotFound", "backendRef " + message);
      case Outcome.UnsupportedProtocol(String message) ->
          Verdict.refuse("UnsupportedProtocol", "backendRef " + message);
      // the reference itself holds: the policy's own status says what is wrong (GEP-1897)
      case Outcome.FailsClosed(String message) ->
          new Verdict(new Destination.Nowhere(), Optional.empty(), message);
    };
  }

  private static Verdict reached(HopKey key, boolean byScheme, String note) {
    return new Verdict(
        new Destination.Port(key, JudgedRoute.Variant.USUAL, byScheme), Optional.empty(), note);
  }
}
