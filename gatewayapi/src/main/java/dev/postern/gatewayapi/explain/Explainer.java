package dev.postern.gatewayapi.explain;

import dev.postern.gatewayapi.explain.Explanation.Backend;
import dev.postern.gatewayapi.explain.Explanation.Place;
import dev.postern.gatewayapi.explain.Explanation.Rule;
import dev.postern.gatewayapi.resolve.Attachment;
import dev.postern.gatewayapi.resolve.HostKey;
import dev.postern.gatewayapi.resolve.Hostnames;
import dev.postern.gatewayapi.resolve.JudgedRoute;
import dev.postern.gatewayapi.resolve.Resolution;
import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.HttpRoute.Filter.RequestRedirect;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.translate.ClusterNames;
import dev.postern.ir.FilterChain;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.NetworkFilter;
import dev.postern.ir.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/// Explains what a [Resolution] decided and an [Ir] does.
public final class Explainer {
  private static final List<Kind> ROUTES =
      List.of(Kind.HTTP_ROUTE, Kind.GRPC_ROUTE, Kind.TLS_ROUTE, Kind.TCP_ROUTE, Kind.UDP_ROUTE);

  private final Resolution resolution;
  private final Ir ir;

  public Explainer(Resolution resolution, Ir ir) {
    this.resolution = resolution;
    this.ir = ir;
  }

  /// What becomes of one request, at each socket where it may arrive.
  public Explanation of(Request request) {
    List<Place> places = new ArrayList<>();
    ir.listeners().values().stream()
        .filter(listener -> listener.transport() == Listener.Transport.TCP)
        .sorted(Comparator.comparingInt(Listener::port).thenComparing(Listener::name))
        .forEach(listener ->
            RequestMatcher.chain(listener, request.hostname())
                .ifPresent(chain -> places.add(place(listener, chain, request))));
    return new Explanation(places);
  }

  private Place place(Listener listener, FilterChain chain, Request request) {
    String[] name = chain.name().split("/", 3);
    ObjectRef gateway = new ObjectRef(Kind.GATEWAY, name[0], name[1]);
    return new Place(
        gateway,
        Optional.of(listener.address() + ":" + listener.port()),
        Optional.of(name[2]),
        chain.filter() instanceof NetworkFilter.HttpConnectionManager
            ? RequestMatcher.route(chain.routeConfiguration(), request).stream()
                .flatMap(route -> rule(route, gateway).stream())
                .toList()
            : byteRule(chain, gateway, name[2]).stream().toList());
  }

  /// Octets go by the server name alone: a chain has one route.
  private Optional<Rule> byteRule(FilterChain chain, ObjectRef gateway, String listener) {
    String host = chain.serverNames().stream().findFirst().orElse(Hostnames.ANY);
    return resolution.gateways().judgement(gateway).stream()
        .flatMap(judged -> judged.listeners().stream())
        .filter(own -> isOf(listener, own.key(gateway).label()))
        .flatMap(own ->
            resolution.byteRoutes().at(new HostKey(own.key(gateway), host), own.bytes()).stream())
        .flatMap(judged -> rules(judged, Optional.empty(), n -> n == 0).stream())
        .findFirst();
  }

  private static boolean isOf(String chain, String label) {
    return chain.equals(label) || chain.startsWith(label + "/");
  }

  /// An ir route is named `<kind>/<namespace>/<name>/rule/<n>/match/<n>`, or has no object behind
  /// it.
  private Optional<Rule> rule(Route route, ObjectRef gateway) {
    String[] name = route.name().split("/", -1);
    if (name.length < 7) {
      return Optional.empty();
    }
    Kind kind = name[0].equals("grpcroute") ? Kind.GRPC_ROUTE : Kind.HTTP_ROUTE;
    int number = Integer.parseInt(name[4]);
    return resolution
        .routes()
        .judgement(new ObjectRef(kind, name[1], name[2]), gateway)
        .flatMap(judged ->
            rules(judged, Optional.of(Integer.parseInt(name[6])), n -> n == number).stream()
                .findFirst());
  }

  /// What becomes of all requests: every rule of every route that is attached, by Gateway.
  public Explanation ofAll() {
    TreeMap<ObjectRef, List<Rule>> byGateway = new TreeMap<>();
    for (Kind kind : ROUTES) {
      resolution.objects().all(kind).stream().sorted().forEach(route -> addAll(route, byGateway));
    }
    return new Explanation(
        byGateway.entrySet().stream()
            .map(entry ->
                new Place(entry.getKey(), Optional.empty(), Optional.empty(), entry.getValue()))
            .toList());
  }

  private void addAll(ObjectRef route, Map<ObjectRef, List<Rule>> byGateway) {
    Attachment attachment = resolution.attachments().of(route);
    for (ObjectRef gateway : attachment.gateways()) {
      for (RouteKind kind : attachment.kindsAt(gateway)) {
        resolution
            .routes()
            .judgement(route, gateway, kind)
            .ifPresent(judged ->
                byGateway
                    .computeIfAbsent(gateway, _ -> new ArrayList<>())
                    .addAll(rules(judged, Optional.empty(), _ -> true)));
      }
    }
  }

  private List<Rule> rules(JudgedRoute judged, Optional<Integer> match, IntPredicate wanted) {
    return judged.rules().stream()
        .filter(rule -> wanted.test(rule.number()))
        .map(rule ->
            new Rule(
                judged.route().ref(),
                rule.number(),
                match,
                judged
                    .route()
                    .origin()
                    .at(
                        "spec.rules["
                            + rule.number()
                            + "]"
                            + match.map(m -> ".matches[" + m + "]").orElse("")),
                RuleWords.of(rule.spec()),
                rule.spec().filters().stream().anyMatch(RequestRedirect.class::isInstance),
                rule.closed(),
                rule.authorization().map(asked -> backend(judged, asked.backend())),
                rule.backends().stream().map(b -> backend(judged, b)).toList()))
        .toList();
  }

  private Backend backend(JudgedRoute route, JudgedRoute.Backend backend) {
    var ref = backend.spec();
    String name =
        new ObjectRef(
                ref.kind(),
                ref.namespace().orElse(route.route().metadata().namespace()),
                ref.name())
            + ref.port().map(port -> ":" + port).orElse("");
    List<String> clusters =
        backend.destination() instanceof JudgedRoute.Destination.Port to
            ? to.byScheme()
                ? List.of(ClusterNames.of(to, false), ClusterNames.of(to, true))
                : List.of(ClusterNames.of(to, false))
            : List.of();
    return new Backend(
        name, ref, clusters, backend.hop().map(resolution.hops()::of), backend.problem());
  }
}
