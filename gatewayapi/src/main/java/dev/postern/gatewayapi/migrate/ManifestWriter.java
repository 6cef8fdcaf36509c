package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Writes the objects for locations whose annotations are judged.
final class ManifestWriter {
  /// A host of which all requests are sent to another one.
  private record Elsewhere(String host, String to, Location main) {}

  private final MigrationOptions options;
  private final ControllerConfig controller;
  private final Map<String, List<Location>> routes = new LinkedHashMap<>();
  private final Map<String, Location> passthrough = new LinkedHashMap<>();
  private final List<Elsewhere> elsewhere = new ArrayList<>();
  private final HopWriter hops;
  private final GatewayCertificate certificate;

  ManifestWriter(MigrationOptions options, ControllerConfig controller, Objects objects) {
    this.options = options;
    this.controller = controller;
    this.hops = new HopWriter(objects, options.target());
    this.certificate = new GatewayCertificate(options);
  }

  /// A path that answers 500.
  void close(Location at) {
    at.close();
    add(at);
  }

  void add(Location at) {
    routes
        .computeIfAbsent(at.ingress.id() + " " + at.path.host(), key -> new ArrayList<>())
        .add(at);
  }

  /// How the backends of a location are reached.
  void reach(Location at, Hop hop) {
    certificate.reached(at, hop);
    Hop kept = at.target == Target.ENVOY_GATEWAY ? hop : hop.withAlike(at.alike);
    hops.add(at, at.path.service(), at.port, kept);
    at.canary.ifPresent(canary -> hops.add(at, canary.service(), canary.port(), kept));
  }

  /// Once all locations are added.
  void judgeCertificate() {
    certificate.judge();
  }

  /// The host's TLS goes to this location's backend as it is.
  void passThrough(Location root) {
    passthrough.put(root.path.host(), root);
  }

  void redirect(String host, String to, Location main) {
    elsewhere.add(new Elsewhere(host, to, main));
  }

  /// @param certificates `namespace/secret` by host
  /// @param clients the CA of certificates that clients have to show
  Migration migration(
      Map<String, String> certificates,
      Optional<String> clients,
      List<Judgement> judged,
      Findings found) {
    List<Map<String, Object>> out = new ArrayList<>();
    if (!routes.isEmpty() || !passthrough.isEmpty()) {
      routes.values().forEach(all -> all.forEach(at -> aliases(at, certificates)));
      elsewhere.forEach(one -> covered(one.host, one.to, certificates));
      passthrough.keySet().forEach(certificates::remove);
      var listeners =
          new Listeners(
              options, controller, certificates, passthrough.keySet(), certificate.secret());
      options.target().controller().ifPresent(name -> out.add(gatewayClass(name)));
      listeners.writeTo(out, options.target().isPostern() && hops.skipsVerification(), clients);
      var writer = new RouteWriter(listeners, out);
      routes.values().forEach(writer::write);
      passthrough.forEach((host, root) -> passThrough(writer, listeners, host, root));
      elsewhere.forEach(one -> elsewhere(writer, listeners, one));
      grants(out);
    }
    hops.writeTo(out);
    found.addAll(hops.findings());
    return new Migration(out, hops.patches(), judged, found.all(), hops.unverified(), List.of());
  }

  private Map<String, Object> gatewayClass(String controllerName) {
    return Trees.object(
        Trees.GATEWAY_API,
        "GatewayClass",
        "",
        options.target().className(),
        Trees.map("controllerName", controllerName));
  }

  /// nginx shows the host's certificate for an alias that has none.
  private static void aliases(Location at, Map<String, String> certificates) {
    at.aliases.forEach(alias -> covered(alias, at.path.host(), certificates));
  }

  private static void covered(String host, String by, Map<String, String> certificates) {
    if (Certificates.covering(certificates.keySet(), host).isEmpty()) {
      Certificates.covering(certificates.keySet(), by)
          .map(certificates::get)
          .ifPresent(secret -> certificates.put(host, secret));
    }
  }

  /// TLS goes through; whoever comes in plaintext is told to come back with TLS.
  private static void passThrough(
      RouteWriter writer, Listeners listeners, String host, Location root) {
    String namespace = root.ingress.namespace();
    String name = RouteWriter.name(root.ingress.name(), host);
    List<?> backends = List.of(Trees.map("name", root.path.service(), "port", root.port));
    writer.route(
        "TLSRoute",
        namespace,
        name,
        List.of(host),
        List.of(listeners.passthrough(host)),
        List.of(Trees.map("backendRefs", backends)));
    Map<String, Object> redirect = RuleWriter.toHttps(root.controller);
    writer.route(
        "HTTPRoute",
        namespace,
        name + "-http",
        List.of(host),
        List.of(listeners.http()),
        List.of(Trees.map("filters", List.of(redirect))));
  }

  private static void elsewhere(RouteWriter writer, Listeners listeners, Elsewhere one) {
    Set<Map<String, Object>> parents = new LinkedHashSet<>(listeners.https(List.of(one.host)));
    parents.add(listeners.http());
    writer.route(
        "HTTPRoute",
        one.main.ingress.namespace(),
        RouteWriter.name(one.main.ingress.name(), one.host),
        List.of(one.host),
        parents,
        List.of(
            Trees.map(
                "filters",
                List.of(
                    RuleWriter.redirect(
                        Trees.map(
                            "hostname",
                            one.to,
                            "statusCode",
                            one.main.controller.redirectCode()))))));
  }

  /// Which kinds of routes of a namespace refer to which Services of another.
  private record Referring(Set<String> kinds, Set<String> services) {}

  /// For Services of other namespaces that routes ask, or copy requests to.
  private void grants(List<Map<String, Object>> out) {
    Map<String, Map<String, Referring>> wanted = new TreeMap<>();
    for (List<Location> locations : routes.values()) {
      for (Location at : locations) {
        at.grants.forEach((namespace, services) -> {
          Referring from =
              wanted
                  .computeIfAbsent(namespace, key -> new TreeMap<>())
                  .computeIfAbsent(
                      at.ingress.namespace(),
                      key -> new Referring(new TreeSet<>(), new LinkedHashSet<>()));
          from.kinds.add(at.grpcRoute ? "GRPCRoute" : "HTTPRoute");
          from.services.addAll(services);
        });
      }
    }
    wanted.forEach((namespace, sources) ->
        sources.forEach((from, referring) ->
            out.add(
                Grants.object(
                    namespace,
                    options.gatewayName() + "-services-of-" + from,
                    List.copyOf(referring.kinds),
                    from,
                    "Service",
                    referring.services))));
  }
}
