package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.JudgedRoute.Destination;
import dev.postern.gatewayapi.resolve.JudgedRoute.Variant;
import dev.postern.gatewayapi.resolve.hop.Hop;
import dev.postern.gatewayapi.resolve.hop.Hop.Outcome;
import dev.postern.gatewayapi.resolve.hop.Hop.PolicySession;
import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.ByteRoute;
import dev.postern.gatewayapi.resource.GrpcRoute;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.gatewayapi.resource.SessionPersistence;
import dev.postern.ir.Listener.Transport;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Judges the rules of routes and their backends (spec.rules of the kinds of routes).
public final class RouteRules {
  private final Objects objects;
  private final Grants grants;
  private final RuleSupport support;
  private final Backends backends;
  private final Hops hops;
  private final GatewaySides sides;
  private final Query<ObjectRef, Optional<JudgedRoute>> judged;
  private final Query<RouteAt, Optional<JudgedRoute>> judgedAt;
  private final Query<BytesAt, Optional<JudgedRoute>> judgedBytes;
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
    judged = memo.query(route -> judge(route, Optional.empty(), Optional.empty()));
    judgedAt = memo.query(at -> judge(at.route(), Optional.of(at.gateway()), Optional.empty()));
    judgedBytes = memo.query(at -> judge(at.route(), at.gateway(), Optional.of(at.kind())));
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

  /// A route of bytes may attach to listeners that pass TLS through and to ones that end it.
  ///
  /// @param gateway where it brings something to the hop
  private record BytesAt(ObjectRef route, Optional<ObjectRef> gateway, RouteKind kind) {}

  /// The judgement for what comes through a Gateway and is sent over hops as that kind.
  public Optional<JudgedRoute> judgement(ObjectRef route, ObjectRef gateway, RouteKind kind) {
    return kind == RouteKind.HTTP || kind == RouteKind.GRPC
        ? judgement(route, gateway)
        : judgedBytes.get(new BytesAt(route, sides.special(gateway), kind));
  }

  /// What a route must know of a hop; changes less often than the hop.
  private record Verdict(
      Destination destination,
      Optional<Refusal> refused,
      String note,
      boolean asked,
      Optional<PolicySession> session) {
    JudgedRoute.Backend of(HttpRoute.BackendRef spec, HopKey key) {
      boolean reached = destination instanceof Destination.Port;
      return new JudgedRoute.Backend(
          spec,
          destination,
          asked ? Optional.of(key) : Optional.empty(),
          reached ? "" : refused.map(Refusal::message).orElse(note));
    }

    Verdict afterAsking() {
      return new Verdict(destination, refused, note, true, session);
    }

    static Verdict refuse(String reason, String message) {
      return new Verdict(
          new Destination.Nowhere(),
          Optional.of(new Refusal(reason, message)),
          "",
          false,
          Optional.empty());
    }
  }

  private Optional<JudgedRoute> judge(
      ObjectRef ref, Optional<ObjectRef> gateway, Optional<RouteKind> as) {
    return objects
        .find(ref, RouteObject.class)
        .map(route -> judge(route, gateway, as.orElseGet(() -> usual(route))));
  }

  /// What a route sends over hops wherever it came in.
  static RouteKind usual(RouteObject route) {
    return switch (route) {
      case HttpRoute _ -> RouteKind.HTTP;
      case GrpcRoute _ -> RouteKind.GRPC;
      case ByteRoute bytes when bytes.kind().equals(Kind.UDP_ROUTE) -> RouteKind.DATAGRAMS;
      case ByteRoute bytes when bytes.kind().equals(Kind.TLS_ROUTE) -> RouteKind.PASSTHROUGH;
      case ByteRoute _ -> RouteKind.BYTES;
    };
  }

  private JudgedRoute judge(RouteObject route, Optional<ObjectRef> gateway, RouteKind kind) {
    List<JudgedRoute.Rule> rules = new ArrayList<>();
    List<Refusal> problems = new ArrayList<>();
    Set<String> notes = new LinkedHashSet<>();
    RuleSupport.Supported supported = support.of(route.ref());
    for (int number : supported.kept()) {
      RouteObject.Rule rule = route.rules().get(number);
      List<JudgedRoute.Backend> backends = new ArrayList<>();
      Set<PolicySession> sessions = new LinkedHashSet<>();
      for (HttpRoute.BackendRef backend : rule.backendRefs()) {
        Verdict verdict = judge(route, backend, gateway, kind);
        verdict.refused().ifPresent(problems::add);
        notes.add(verdict.note());
        verdict.session().ifPresent(sessions::add);
        backends.add(verdict.of(backend, key(route, backend, gateway, kind)));
      }
      List<JudgedRoute.Mirror> mirrors = new ArrayList<>();
      Optional<JudgedRoute.Authorization> authorization = Optional.empty();
      boolean mute = supported.closed().contains(number);
      List<Refusal> unknown = UnknownFilters.of(number, rule);
      problems.addAll(unknown);
      for (HttpRoute.Filter filter : rule.filters()) {
        switch (filter) {
          case HttpRoute.Filter.RequestMirror mirror -> {
            JudgedRoute.Backend to =
                judge(route, mirror.backendRef(), gateway, kind, problems, notes);
            if (to.destination() instanceof Destination.Port) {
              mirrors.add(new JudgedRoute.Mirror(mirror, to));
            }
          }
          case HttpRoute.Filter.ExternalAuth auth when !mute ->
              authorization = Optional.of(authorization(route, auth, gateway, problems, notes));
          default -> {}
        }
      }
      rules.add(
          new JudgedRoute.Rule(
              number,
              rule,
              mute || !unknown.isEmpty(),
              backends,
              mirrors,
              session(route, number, sessions, notes),
              authorization));
    }
    notes.remove("");
    return new JudgedRoute(route, rules, Refusal.merge(problems), List.copyOf(notes));
  }

  /// The rule's own goes before those of policies on its backends (GEP-1619). A rule has one.
  private static Optional<JudgedRoute.Session> session(
      RouteObject route, int number, Set<PolicySession> ofPolicies, Set<String> notes) {
    Optional<SessionPersistence> own = route.rules().get(number).sessionPersistence();
    if (own.isPresent() || ofPolicies.isEmpty()) {
      return own.map(spec -> new JudgedRoute.Session(spec, route.ref() + ", rule " + number, true));
    }
    PolicySession first = ofPolicies.iterator().next();
    if (ofPolicies.size() > 1) {
      notes.add(
          "rule "
              + number
              + ": its backends have sessions of several policies, of which that of "
              + first.policy()
              + " counts; to choose, say sessionPersistence in the rule");
    }
    return Optional.of(new JudgedRoute.Session(first.spec(), first.policy().toString(), false));
  }

  private JudgedRoute.Backend judge(
      RouteObject route,
      HttpRoute.BackendRef backend,
      Optional<ObjectRef> gateway,
      RouteKind kind,
      List<Refusal> problems,
      Set<String> notes) {
    Verdict verdict = judge(route, backend, gateway, kind);
    verdict.refused().ifPresent(problems::add);
    notes.add(verdict.note());
    return verdict.of(backend, key(route, backend, gateway, kind));
  }

  /// Envoy's protocol is gRPC: the hop is that of a GRPCRoute.
  private JudgedRoute.Authorization authorization(
      RouteObject route,
      HttpRoute.Filter.ExternalAuth auth,
      Optional<ObjectRef> gateway,
      List<Refusal> problems,
      Set<String> notes) {
    RouteKind kind =
        switch (auth.protocol()) {
          case HttpRoute.AuthProtocol.Grpc() -> RouteKind.GRPC;
          case HttpRoute.AuthProtocol.Http _ -> RouteKind.HTTP;
        };
    return new JudgedRoute.Authorization(
        auth, judge(route, auth.backendRef(), gateway, kind, problems, notes));
  }

  private Verdict judge(
      RouteObject route,
      HttpRoute.BackendRef backend,
      Optional<ObjectRef> gateway,
      RouteKind kind) {
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
    if (kind == RouteKind.DATAGRAMS && !backend.kind().equals(Kind.SERVICE)) {
      return Verdict.refuse(
          "UnsupportedProtocol",
          "backendRef "
              + target
              + " is reached over TCP; a UDPRoute needs a UDP port of a Service");
    }
    return verdicts.get(key(route, backend, gateway, kind));
  }

  private static HopKey key(
      RouteObject route,
      HttpRoute.BackendRef backend,
      Optional<ObjectRef> gateway,
      RouteKind kind) {
    return new HopKey(
        new BackendPort(
            Objects.target(backend, route.metadata().namespace()),
            backend.port().orElse(0),
            kind == RouteKind.DATAGRAMS ? Transport.UDP : Transport.TCP),
        kind,
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
          new Verdict(new Destination.Nowhere(), Optional.empty(), message, true, Optional.empty());
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
        new Destination.Port(
            key, new Variant(protocol(key, way), certificate, hops.client(key)), byScheme),
        Optional.empty(),
        note,
        true,
        way.traffic().sessionPersistence());
  }

  /// The usual way to reach a port is that of an HTTPRoute.
  private String protocol(HopKey key, Hop.Way way) {
    return switch (key.route()) {
      case HTTP -> "";
      case GRPC -> isReachedLike(key, RouteKind.HTTP, way.protocol()) ? "" : "h2";
      case BYTES -> "tcp";
      case PASSTHROUGH -> isReachedBy(key, RouteKind.BYTES, way) ? "tcp" : "passthrough";
      case DATAGRAMS -> "udp";
    };
  }

  private boolean isReachedLike(HopKey key, RouteKind kind, UpstreamProtocol protocol) {
    return hops.of(new HopKey(key.port(), kind, key.gateway())).outcome()
            instanceof Outcome.Connect(Hop.Way other, _)
        && other.protocol().equals(protocol);
  }

  private boolean isReachedBy(HopKey key, RouteKind kind, Hop.Way way) {
    return hops.of(new HopKey(key.port(), kind, key.gateway())).outcome()
            instanceof Outcome.Connect(Hop.Way other, _)
        && other.equals(way);
  }
}
