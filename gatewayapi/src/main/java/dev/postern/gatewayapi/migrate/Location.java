package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.migrate.Ingress.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One path of one host, with what is found out about it. Lives while one migration runs.
final class Location {
  /// HTTPHeaderFilter.set and .add, with room for Strict-Transport-Security.
  private static final int MAX_HEADERS = 15;

  final Ingress ingress;
  final Path path;
  final int port;

  /// Whether the host has a certificate.
  final boolean tls;

  final ControllerConfig controller;
  final Target target;

  /// Filters of the rule, by type, so that none comes twice.
  final Map<String, Map<String, Object>> filters = new LinkedHashMap<>();

  /// Further fields of the rule.
  final Map<String, Object> rule = new LinkedHashMap<>();

  /// Services of other namespaces that the rule asks or copies to, by namespace.
  final Map<String, Set<String>> grants = new LinkedHashMap<>();

  /// What of nginx spoke to the backend.
  final NginxModule module;

  /// Whether a redirect is all that requests get, whatever the backend.
  final boolean asksNobody;

  private final Verdicts verdicts;
  final Set<String> aliases = new LinkedHashSet<>();
  final SnippetHop snippetHop = new SnippetHop();

  /// Whose client certificate the backend saw, where only the Gateway can show one.
  Optional<TlsVerdicts> certificate = Optional.empty();

  /// Whether nginx read the paths of the host as regular expressions.
  boolean regexHost;

  final PathExpression expression;

  /// With what every path begins that the expression takes, in small letters.
  final String start;

  /// Whether the expression is a prefix that ends at a slash or at the end.
  final boolean endsAtSlash;

  String matchType = "PathPrefix";

  /// Empty where no match can have it.
  String matchValue;

  /// Why there is no match; empty where there is one.
  String unwritable = "";

  /// Path matches besides, which get the same.
  final List<Map<String, Object>> further = new ArrayList<>();

  /// An expression for what answers 500 besides; empty for nothing.
  String closedBeside = "";

  boolean httpsRedirect;
  boolean grpc;

  /// Whether a GRPCRoute has its rule.
  boolean grpcRoute;

  boolean served = true;
  Optional<String> appRoot = Optional.empty();
  Optional<Canary> canary = Optional.empty();

  /// What requests have to be alike in to go to one endpoint, in the words of the target where it
  /// says so of a backend; empty for nothing.
  Map<String, Object> alike = Map.of();

  /// What Envoy Gateway says of a whole route: how long connecting may take, and from which
  /// addresses requests may come. Annotations are an Ingress's, so all paths of a route have them.
  Optional<String> connectTimeout = Optional.empty();

  List<String> allowed = List.of();
  private final Set<String> backends = new LinkedHashSet<>();

  /// What ExternalNames of the cluster mean, by name and port.
  private final Map<String, ServicePort> named = new LinkedHashMap<>();

  Location(
      Ingress ingress,
      Path path,
      int port,
      boolean tls,
      ControllerConfig controller,
      Target target) {
    this.ingress = ingress;
    this.path = path;
    this.port = port;
    this.tls = tls;
    this.controller = controller;
    this.target = target;
    this.module = NginxModule.of(ingress.annotations().getOrDefault("backend-protocol", ""));
    this.matchValue = path.path();
    this.expression = new PathExpression(path.path());
    this.start = expression.start().toLowerCase(Locale.ROOT);
    this.endsAtSlash = !expression.isLiteral() && expression.prefix().isPresent();
    this.verdicts = new Verdicts(ingress, path, controller);
    this.asksNobody = RedirectFamily.answers(this);
  }

  /// Whether every path that the expression takes is `start`, or goes on with a slash behind it. A
  /// dot that is any character ends `start` before the prefix does.
  boolean isKnownToEndAtSlash() {
    return endsAtSlash
        && expression.prefix().map(all -> all.toLowerCase(Locale.ROOT)).equals(Optional.of(start));
  }

  boolean has(String annotation) {
    return ingress.annotations().containsKey(annotation) && !isIgnored(annotation);
  }

  /// Trimmed, empty where there is none or nginx did not look at it.
  String value(String annotation) {
    return isIgnored(annotation) ? "" : written(annotation);
  }

  private String written(String annotation) {
    return ingress.annotations().getOrDefault(annotation, "").strip();
  }

  private boolean isIgnored(String annotation) {
    return module.ignores(annotation, written(annotation));
  }

  boolean isTrue(String annotation) {
    return GoBool.isTrue(value(annotation));
  }

  boolean isFalse(String annotation) {
    return GoBool.isFalse(value(annotation));
  }

  void same(String annotation, String became) {
    judge(annotation, new Verdict.Same(became));
  }

  void different(String annotation, String how) {
    judge(annotation, new Verdict.Different(how));
  }

  void lost(String annotation, String why, String whatToDo) {
    judge(annotation, new Verdict.NotPossible(why, whatToDo));
  }

  private void judge(String annotation, Verdict verdict) {
    verdicts.ofAnnotation(
        annotation, isIgnored(annotation) ? new Verdict.Same(module.ignored()) : verdict);
  }

  /// What is known of the annotation, the ConfigMap's keys and the lines of snippets here.
  Verdicts verdicts() {
    return verdicts;
  }

  /// About something else than an annotation.
  void say(String subject, String value, Verdict verdict) {
    verdicts.of(subject, value, verdict);
  }

  /// Its rule names a Backend of Envoy Gateway in place of that Service.
  void throughBackend(ServicePort port) {
    backends.add(port.objectName());
    if (!(port.dns() instanceof ServicePort.ClusterAddress)) {
      boolean headless = port.dns() instanceof ServicePort.Endpoints;
      say(
          "backend",
          port.service() + ":" + port.number(),
          new Verdict.Different(
              (headless
                      ? "a Backend of Envoy Gateway, which finds the endpoints by DNS"
                      : "a Backend of Envoy Gateway with the Service's externalName")
                  + ". extensionApis.enableBackend has to be on"));
      return;
    }
    different(
        "backend-protocol",
        "a Backend of Envoy Gateway, which names the Service by DNS: its cluster address balances"
            + " connections, not requests. extensionApis.enableBackend has to be on");
    different("service-upstream", "the Backend names the Service's cluster address, as nginx did");
    if (rule.remove("sessionPersistence") != null || !alike.isEmpty()) {
      alike = Map.of();
      for (String name : List.of("affinity", "upstream-hash-by")) {
        lost(
            name,
            "behind the Service's cluster address nothing keeps requests at an endpoint",
            "set sessionAffinity: ClientIP in the Service, or have the backend verified by a"
                + " BackendTLSPolicy, which needs no Backend");
      }
    }
  }

  /// Its rule names the Service that is meant in place of an ExternalName for it.
  void throughName(String service, ServicePort meant) {
    named.put(service + ":" + meant.number(), meant);
    boolean abroad = !meant.namespace().equals(ingress.namespace());
    if (abroad) {
      grant(meant.namespace(), meant.service());
    }
    say(
        "backend",
        service + ":" + meant.number(),
        new Verdict.Same(
            "Service "
                + meant.reference()
                + " itself, for which this is a name"
                + (abroad ? "; a ReferenceGrant lets the route refer to it" : "")));
  }

  /// A backendRef.
  Map<String, Object> backend(String service, int servicePort) {
    ServicePort meant = named.get(service + ":" + servicePort);
    if (meant != null) {
      Map<String, Object> ref = Trees.map("name", meant.service(), "port", servicePort);
      if (!meant.namespace().equals(ingress.namespace())) {
        ref.put("namespace", meant.namespace());
      }
      return ref;
    }
    return backends.contains(service + "-" + servicePort)
        ? Trees.map(
            "group", EnvoyHopObjects.GROUP, "kind", "Backend", "name", service + "-" + servicePort)
        : Trees.map("name", service, "port", servicePort);
  }

  /// Its rule refers to a Service of another namespace.
  void grant(String namespace, String service) {
    grants.computeIfAbsent(namespace, key -> new LinkedHashSet<>()).add(service);
  }

  /// Its rule gets no backends, so that nobody is sent where nobody should be.
  void close() {
    served = false;
  }

  void filter(String type, String field, Map<String, Object> value) {
    Map<String, Object> filter = filters.computeIfAbsent(type, key -> Trees.map("type", key));
    if (filter.get(field) instanceof Map<?, ?> before) {
      Map<String, Object> merged = Trees.copy(before);
      merged.putAll(value);
      filter.put(field, merged);
    } else {
      filter.put(field, value);
    }
  }

  /// Sets, adds or removes a header field; false where the Gateway API cannot.
  ///
  /// @param type RequestHeaderModifier or ResponseHeaderModifier
  /// @param action `set`, `add` or `remove`
  boolean header(String type, String action, String name, String value) {
    String field = type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1);
    boolean removes = action.equals("remove");
    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}")
        || !(removes || (value.length() <= 4096 && HeaderFamily.isValue(value)))) {
      return false;
    }
    List<Object> all = new ArrayList<>();
    Map<?, ?> filter = filters.getOrDefault(type, Map.of());
    for (Object before : Trees.items(Trees.child(filter, field), action)) {
      String other = before instanceof Map<?, ?> map ? Trees.text(map, "name") : before.toString();
      if (!other.equalsIgnoreCase(name)) {
        all.add(before);
      } else if (action.equals("add")) {
        return false;
      }
    }
    if (all.size() >= MAX_HEADERS) {
      return false;
    }
    all.add(removes ? name : Trees.map("name", name, "value", value));
    filter(type, field, Trees.map(action, all));
    return true;
  }
}
