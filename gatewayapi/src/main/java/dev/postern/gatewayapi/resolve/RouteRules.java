package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.JudgedRoute.Destination;
import dev.postern.gatewayapi.resolve.JudgedRoute.Variant;
import dev.postern.gatewayapi.resolve.hop.Hop;
import dev.postern.gatewayapi.resolve.hop.Hop.Outcome;
import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.GrpcRoute;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.ir.UpstreamTls;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Judges the rules of routes and their backends (HTTPRoute.spec.rules, GRPCRoute.spec.rules).
public final class RouteRules {
  private final Objects objects;
  private final Grants grants;
  private final RuleSupport support;
  private final Backends backends;
  private final Hops hops;
  private final GatewaySides sides;
  private final Query<ObjectRef, Optional<JudgedRoute>> judged;
  private final Query<RouteAt, Optional<JudgedRoute>> judgedAt;
  private final Query<HopKey, Verdict> verdicts;

  RouteRules(
      Memo memo,
      Objects objects,
      Grants grants,
      RuleSupport support,
      Backends backends,
      Hops hops,
      GatewaySides sides) {
    this.objects = objects;
    this.grants = grants;
    this.support = support;
    this.backends = backends;
    this.hops = hops;
    this.sides = sides;
    judged = memo.query(route -> judge(route, Optional.empty()));
    judgedAt = memo.query(at -> judge(at.route(), Optional.of(at.gateway())));
    verdicts = memo.query(this::verdict);
  }

  /// The judgement for requests that come through a Gateway which brings nothing to the hop; absent
  /// where there is no such route.
  public Optional<JudgedRoute> judgement(ObjectRef route) {
    return judged.get(route);
  }

  /// The judgement for requests that come through a Gateway which brings something.
  public Optional<JudgedRoute> judgement(RouteAt at) {
    return judgedAt.get(at);
  }

  /// The judgement for requests that come through any Gateway.
  public Optional<JudgedRoute> judgement(ObjectRef route, ObjectRef gateway) {
    return sides.special(gateway).isPresent()
        ? judgedAt.get(new RouteAt(route, gateway))
        : judged.get(route);
  }

  /// What a route must know of a hop; changes less often than the hop.
  private record Verdict(
      Destination destination, Optional<Refusal> refused, String note, boolean asked) {
    JudgedRoute.Backend of(HttpRoute.BackendRef spec, HopKey key) {
      boolean reached = destination instanceof Destination.Port;
      return new JudgedRoute.Backend(
          spec,
          destination,
          asked ? Optional.of(key) : Optional.empty(),
          reached ? "" : refused.map(Refusal::message).orElse(note));
    }

    Verdict afterAsking() {
      return new Verdict(destination, refused, note, true);
    }

    static Verdict refuse(String reason, String message) {
      return new Verdict(
          new Destination.Nowhere(), Optional.of(new Refusal(reason, message)), "", false);
    }
  }

  private Optional<JudgedRoute> judge(ObjectRef ref, Optional<ObjectRef> gateway) {
    return objects.find(ref, RouteObject.class).map(route -> judge(route, gateway));
  }

  private JudgedRoute judge(RouteObject route, Optional<ObjectRef> gateway) {
    List<JudgedRoute.Rule> rules = new ArrayList<>();
    List<Refusal> problems = new ArrayList<>();
    Set<String> notes = new LinkedHashSet<>();
    for (int number : support.of(route.ref()).kept()) {
      RouteObject.Rule rule = route.rules().get(number);
      List<JudgedRoute.Backend> backends = new ArrayList<>();
      for (HttpRoute.BackendRef backend : rule.backendRefs()) {
        backends.add(judge(route, backend, gateway, problems, notes));
      }
      List<JudgedRoute.Mirror> mirrors = new ArrayList<>();
      boolean closed = false;
      for (int i = 0; i < rule.filters().size(); i++) {
        switch (rule.filters().get(i)) {
          case HttpRoute.Filter.RequestMirror mirror -> {
            JudgedRoute.Backend to = judge(route, mirror.backendRef(), gateway, problems, notes);
            if (to.destination() instanceof Destination.Port) {
              mirrors.add(new JudgedRoute.Mirror(mirror, to));
            }
          }
          case HttpRoute.Filter.ExtensionRef extension -> {
            closed = true;
            problems.add(unknownFilter(number, i, extension));
          }
          case HttpRoute.Filter.ExternalAuth() -> closed = true;
          default -> {}
        }
      }
      rules.add(new JudgedRoute.Rule(number, rule, closed, backends, mirrors));
    }
    notes.remove("");
    return new JudgedRoute(route, rules, merge(problems), List.copyOf(notes));
  }

  private JudgedRoute.Backend judge(
      RouteObject route,
      HttpRoute.BackendRef backend,
      Optional<ObjectRef> gateway,
      List<Refusal> problems,
      Set<String> notes) {
    Verdict verdict = judge(route, backend, gateway);
    verdict.refused().ifPresent(problems::add);
    notes.add(verdict.note());
    return verdict.of(backend, key(route, backend, gateway));
  }

  /// A filter that cannot be found must not be skipped (HTTPRouteFilter.extensionRef).
  private static Refusal unknownFilter(int rule, int filter, HttpRoute.Filter.ExtensionRef ref) {
    return new Refusal(
        "InvalidKind",
        "rule "
            + rule
            + ", filters["
            + filter
            + "]: Postern knows no filters of kind "
            + ref.kind()
            + " such as "
            + ref.name()
            + "; requests of this rule get 500 until it is removed");
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

  private Verdict judge(
      RouteObject route, HttpRoute.BackendRef backend, Optional<ObjectRef> gateway) {
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
    if (!grants.permit(route.kind(), namespace, target)) {
      return Verdict.refuse(
          "RefNotPermitted", "backendRef " + Grants.missing(route.kind(), namespace, target));
    }
    if (backend.port().isEmpty() && backend.kind().equals(Kind.SERVICE)) {
      return Verdict.refuse("BackendNotFound", "backendRef " + target + " names no port");
    }
    return verdicts.get(key(route, backend, gateway));
  }

  private static HopKey key(
      RouteObject route, HttpRoute.BackendRef backend, Optional<ObjectRef> gateway) {
    return new HopKey(
        new BackendPort(
            Objects.target(backend, route.metadata().namespace()), backend.port().orElse(0)),
        switch (route) {
          case HttpRoute _ -> RouteKind.HTTP;
          case GrpcRoute _ -> RouteKind.GRPC;
        },
        gateway);
  }

  private Verdict verdict(HopKey key) {
    Outcome outcome = hops.of(key).outcome();
    if (key.gateway().isPresent()) {
      HopKey usual = new HopKey(key.port(), key.route(), Optional.empty());
      if (hops.of(usual).outcome().equals(outcome)) {
        return verdicts.get(usual);
      }
    }
    return switch (outcome) {
      case Outcome.Connect(Hop.Way way, String note) -> reached(key, way, false, note);
      case Outcome.ConnectByScheme(_, Hop.Way https, String note) ->
          reached(key, https, true, note);
      case Outcome.NotFound(String message) ->
          Verdict.refuse("BackendNotFound", "backendRef " + message).afterAsking();
      case Outcome.UnsupportedProtocol(String message) ->
          Verdict.refuse("UnsupportedProtocol", "backendRef " + message).afterAsking();
      // the reference itself holds: the policy's own status says what is wrong (GEP-1897)
      case Outcome.FailsClosed(String message) ->
          new Verdict(new Destination.Nowhere(), Optional.empty(), message, true);
    };
  }

  private Verdict reached(HopKey key, Hop.Way way, boolean byScheme, String note) {
    String certificate =
        key.gateway().isPresent()
            ? way.tls()
                .flatMap(UpstreamTls::clientCertificate)
                .map(shown -> shown.name().replace('/', '_'))
                .orElse("")
            : "";
    return new Verdict(
        new Destination.Port(key, new Variant(protocol(key, way), certificate), byScheme),
        Optional.empty(),
        note,
        true);
  }

  /// The usual way to reach a port is that of an HTTPRoute.
  private String protocol(HopKey key, Hop.Way way) {
    if (key.route() == RouteKind.HTTP) {
      return "";
    }
    HopKey http = new HopKey(key.port(), RouteKind.HTTP, key.gateway());
    return hops.of(http).outcome() instanceof Outcome.Connect(Hop.Way usual, _)
            && usual.protocol().equals(way.protocol())
        ? ""
        : "h2";
  }
}
