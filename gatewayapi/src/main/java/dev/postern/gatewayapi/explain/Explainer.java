package dev.postern.gatewayapi.explain;

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
import dev.postern.gatewayapi.resource.RouteObject;
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

  private static final String NOT_FOUND = "no route takes the request: 404";
  private static final String MALFORMED = "the path climbs above the root: 400";
  private static final String CLOSED = "no route takes the connection: it is closed";
  private static final String NO_LISTENER = "no listener takes the host: the connection is closed";

  private final Resolution resolution;
  private final Serving serving;
  private final BackendWords backends;
  private final Ir ir;

  public Explainer(Resolution resolution, Ir ir) {
    this.resolution = resolution;
    this.serving = new Serving(resolution);
    this.backends = new BackendWords(resolution);
    this.ir = ir;
  }

  /// What becomes of one request, at each socket where it may arrive; at all of them where it can
  /// arrive at none.
  public Explanation of(Request request) {
    List<Place> places = new ArrayList<>();
    List<Listener> listeners =
        ir.listeners().values().stream()
            .filter(listener -> listener.transport() == Listener.Transport.TCP)
            .sorted(Comparator.comparingInt(Listener::port).thenComparing(Listener::name))
            .toList();
    for (Listener listener : listeners) {
      RequestMatcher.chain(listener, request.hostname())
          .ifPresent(chain -> places.add(place(listener, chain, request)));
    }
    if (places.isEmpty()) {
      listeners.forEach(listener -> places.add(closed(listener)));
    }
    return new Explanation(places);
  }

  private Place place(Listener listener, FilterChain chain, Request request) {
    String[] name = name(chain);
    ObjectRef gateway = gateway(name);
    boolean http = chain.filter() instanceof NetworkFilter.HttpConnectionManager;
    return new Place(
        gateway,
        Optional.of(socket(listener)),
        Optional.of(name[2]),
        http
            ? RequestMatcher.route(chain.routeConfiguration(), request).stream()
                .flatMap(route -> rule(route, gateway).stream())
                .toList()
            : byteRule(chain, gateway, name[2]).stream().toList(),
        http ? (request.path().isPresent() ? NOT_FOUND : MALFORMED) : CLOSED);
  }

  /// A socket whose listeners are all for other hosts.
  private static Place closed(Listener listener) {
    return new Place(
        gateway(name(listener.filterChains().getFirst())),
        Optional.of(socket(listener)),
        Optional.empty(),
        List.of(),
        NO_LISTENER);
  }

  /// The Gateway's namespace and name, and what it calls the chain.
  private static String[] name(FilterChain chain) {
    return chain.name().split("/", 3);
  }

  private static ObjectRef gateway(String[] name) {
    return new ObjectRef(Kind.GATEWAY, name[0], name[1]);
  }

  private static String socket(Listener listener) {
    return listener.address() + ":" + listener.port();
  }

  /// Octets go by the server name alone: a chain has one route.
  private Optional<Rule> byteRule(FilterChain chain, ObjectRef gateway, String listener) {
    String host = chain.serverNames().stream().findFirst().orElse(Hostnames.ANY);
    return resolution.gateways().judgement(gateway).stream()
        .flatMap(judged -> judged.listeners().stream())
        .filter(own -> own.isServed() && isOf(listener, own.key(gateway).label(), host))
        .flatMap(own ->
            resolution.byteRoutes().at(new HostKey(own.key(gateway), host), own.bytes()).stream())
        .flatMap(judged -> rules(judged, Optional.empty(), n -> n == 0, List.of()).stream())
        .findFirst();
  }

  private static boolean isOf(String chain, String label, String host) {
    return chain.equals(label) || chain.equals(label + "/" + host);
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
            rules(judged, Optional.of(Integer.parseInt(name[6])), n -> n == number, List.of())
                .stream()
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
                new Place(
                    entry.getKey(),
                    Optional.empty(),
                    Optional.empty(),
                    entry.getValue(),
                    NOT_FOUND))
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
                    .addAll(all(judged, serving.missing(judged.route(), gateway, kind))));
      }
    }
  }

  /// The rules that are followed, and between them those that are not.
  private List<Rule> all(JudgedRoute judged, List<String> unserved) {
    List<Rule> all = new ArrayList<>(rules(judged, Optional.empty(), _ -> true, unserved));
    for (int number = 0; number < judged.route().rules().size(); number++) {
      if (number >= all.size() || all.get(number).rule() != number) {
        all.add(number, leftOut(judged.route(), number));
      }
    }
    return all;
  }

  private static Rule leftOut(RouteObject route, int number) {
    return new Rule(
        route.ref(),
        number,
        Optional.empty(),
        route.origin().at("spec.rules[" + number + "]"),
        List.of(),
        false,
        false,
        List.of("left out, as it cannot be followed; see PartiallyInvalid in its status"),
        Optional.empty(),
        List.of());
  }

  private List<Rule> rules(
      JudgedRoute judged, Optional<Integer> match, IntPredicate wanted, List<String> unserved) {
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
                RuleWords.of(rule),
                rule.spec().filters().stream().anyMatch(RequestRedirect.class::isInstance),
                rule.closed(),
                unserved,
                rule.authorization().map(asked -> backends.of(judged.route(), asked.backend())),
                rule.backends().stream()
                    .map(backend -> backends.of(judged.route(), rule, backend))
                    .toList()))
        .toList();
  }
}
