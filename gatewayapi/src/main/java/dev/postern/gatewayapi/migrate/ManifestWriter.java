package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import dev.postern.gatewayapi.migrate.Migration.ServicePatch;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Writes the objects for locations whose annotations are judged.
final class ManifestWriter {
  /// Of one route (HTTPRoute.spec.hostnames).
  private static final int MAX_HOSTNAMES = 16;

  private static final String API = "gateway.networking.k8s.io/v1";
  private static final int RULES = 16;
  private static final int LISTENERS = 64;

  /// @param service `namespace/name`
  private record Port(String service, int number) {}

  private record Owned(Hop hop, Location first) {}

  private final MigrationOptions options;
  private final Objects objects;
  private final Map<String, List<Location>> routes = new LinkedHashMap<>();
  private final Map<Port, Owned> hops = new LinkedHashMap<>();
  private final Set<String> routeNames = new HashSet<>();
  private final Map<String, Map<String, Object>> services = new HashMap<>();
  private final List<Judgement> judgements = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  ManifestWriter(MigrationOptions options, Objects objects) {
    this.options = options;
    this.objects = objects;
  }

  List<Judgement> judgements() {
    return judgements;
  }

  List<Finding> findings() {
    return findings;
  }

  void add(Location at, Hop hop) {
    routes
        .computeIfAbsent(at.ingress.id() + " " + at.path.host(), key -> new ArrayList<>())
        .add(at);
    Port port = new Port(at.ingress.namespace() + "/" + at.path.service(), at.port);
    Owned before = hops.putIfAbsent(port, new Owned(hop, at));
    if (before != null && !before.hop.equals(hop)) {
      at.close();
      at.say(
          "backend",
          at.path.service() + ":" + at.port,
          new Verdict.NotPossible(
              "this port is already reached as "
                  + before.first.ingress.id()
                  + " wants it, and a Service's port has one way to be reached; the path answers 500",
              "make a second Service for one of the two"));
    }
  }

  Migration migration(
      Map<String, String> certificates, List<Judgement> judged, List<Finding> found) {
    List<Map<String, Object>> out = new ArrayList<>();
    if (!routes.isEmpty()) {
      routes.values().forEach(all -> all.forEach(at -> aliases(at, certificates)));
      Map<String, String> listeners = listeners(certificates, found);
      out.add(gateway(listeners, certificates));
      grants(listeners, certificates, out);
      routes.values().forEach(locations -> route(locations, listeners, out));
    }
    List<ServicePatch> patches = new ArrayList<>();
    Set<String> configMaps = new LinkedHashSet<>();
    hops.forEach((port, owned) -> hop(port, owned, configMaps, out, patches, found));
    return new Migration(out, patches, judged, found);
  }

  /// nginx shows the host's certificate for an alias that has none.
  private static void aliases(Location at, Map<String, String> certificates) {
    Certificates.covering(certificates.keySet(), at.path.host())
        .map(certificates::get)
        .ifPresent(secret -> {
          for (String alias : at.aliases) {
            if (Certificates.covering(certificates.keySet(), alias).isEmpty()) {
              certificates.put(alias, secret);
            }
          }
        });
  }

  /// Listener names by host.
  private static Map<String, String> listeners(
      Map<String, String> certificates, List<Finding> found) {
    Map<String, String> listeners = new LinkedHashMap<>();
    for (String host : certificates.keySet()) {
      if (listeners.size() < LISTENERS - 1) {
        listeners.put(host, "https-" + (listeners.size() + 1));
      } else {
        found.add(
            new Finding(
                Severity.ERROR,
                Optional.empty(),
                "",
                Optional.empty(),
                "a Gateway has 64 listeners at most, so there is none for https://"
                    + host
                    + "; migrate in parts, with a --gateway for each"));
      }
    }
    return listeners;
  }

  private Map<String, Object> gateway(Map<String, String> names, Map<String, String> certificates) {
    Map<String, Object> all = Trees.map("namespaces", Trees.map("from", "All"));
    List<Object> listeners = new ArrayList<>();
    listeners.add(Trees.map("name", "http", "port", 80, "protocol", "HTTP", "allowedRoutes", all));
    names.forEach((host, name) -> {
      Map<String, Object> listener = Trees.map("name", name);
      if (!host.isEmpty()) {
        listener.put("hostname", host);
      }
      String[] secret = certificates.getOrDefault(host, "/").split("/", 2);
      listener.putAll(
          Trees.map(
              "port",
              443,
              "protocol",
              "HTTPS",
              "tls",
              Trees.map(
                  "certificateRefs", List.of(Trees.map("namespace", secret[0], "name", secret[1]))),
              "allowedRoutes",
              all));
      listeners.add(listener);
    });
    Map<String, Object> gateway =
        Trees.object(
            API,
            "Gateway",
            options.gatewayNamespace(),
            options.gatewayName(),
            Trees.map("gatewayClassName", options.target().className(), "listeners", listeners));
    if (hops.values().stream().anyMatch(owned -> owned.hop.skipsVerification())) {
      Map<String, Object> meta = Trees.meta(options.gatewayNamespace(), options.gatewayName());
      meta.put("annotations", Trees.map("postern.dev/allow-insecure-backends", "true"));
      gateway.put("metadata", meta);
    }
    return gateway;
  }

  private void grants(
      Map<String, String> listeners,
      Map<String, String> certificates,
      List<Map<String, Object>> out) {
    Map<String, Set<String>> secrets = new LinkedHashMap<>();
    for (String host : listeners.keySet()) {
      String[] secret = certificates.getOrDefault(host, "/").split("/", 2);
      if (!secret[0].equals(options.gatewayNamespace())) {
        secrets.computeIfAbsent(secret[0], namespace -> new LinkedHashSet<>()).add(secret[1]);
      }
    }
    secrets.forEach((namespace, names) ->
        out.add(
            Trees.object(
                "gateway.networking.k8s.io/v1beta1",
                "ReferenceGrant",
                namespace,
                options.gatewayName() + "-certificates",
                Trees.map(
                    "from",
                    List.of(
                        Trees.map(
                            "group",
                            Kind.GATEWAY_API,
                            "kind",
                            "Gateway",
                            "namespace",
                            options.gatewayNamespace())),
                    "to",
                    names.size() <= 16
                        ? names.stream()
                            .map(name -> Trees.map("group", "", "kind", "Secret", "name", name))
                            .toList()
                        : List.of(Trees.map("group", "", "kind", "Secret"))))));
  }

  private void route(
      List<Location> locations, Map<String, String> listeners, List<Map<String, Object>> out) {
    Location first = locations.getFirst();
    String host = first.path.host();
    Set<String> hostnames = new LinkedHashSet<>();
    if (!host.isEmpty()) {
      hostnames.add(host);
      locations.forEach(at -> hostnames.addAll(at.aliases));
    }
    String slug = host.isEmpty() ? "all" : host.replace("*", "any").replace('.', '-');
    String name = first.ingress.name() + "-" + slug;
    name =
        name.length() > 200
            ? name.substring(0, 190) + "-" + Integer.toHexString(name.hashCode())
            : name;
    List<Location> ordered =
        new ArrayList<>(locations.stream().filter(at -> !at.matchValue.isEmpty()).toList());
    // nginx tries the longest expression first.
    ordered.sort((a, b) -> b.path.path().length() - a.path.path().length());
    List<String> all = List.copyOf(hostnames);
    for (int from = 0; from == 0 || from < all.size(); from += MAX_HOSTNAMES) {
      List<String> names = all.subList(from, Math.min(all.size(), from + MAX_HOSTNAMES));
      String part = from == 0 ? name : name + "-" + (from / MAX_HOSTNAMES + 1);
      write(part, first, names, listeners, ordered, out);
    }
  }

  private void write(
      String name,
      Location first,
      List<String> names,
      Map<String, String> listeners,
      List<Location> ordered,
      List<Map<String, Object>> out) {
    Set<String> secure = new LinkedHashSet<>();
    for (String one : names.isEmpty() ? List.of("") : names) {
      Certificates.covering(listeners.keySet(), one).map(listeners::get).ifPresent(secure::add);
    }
    if (!secure.isEmpty()) {
      write(name, first, names, secure, ordered, false, out);
    }
    write(
        secure.isEmpty() ? name : name + "-http", first, names, Set.of("http"), ordered, true, out);
  }

  private void write(
      String name,
      Location first,
      List<String> hostnames,
      Set<String> sections,
      List<Location> ordered,
      boolean http,
      List<Map<String, Object>> out) {
    for (boolean grpc : new boolean[] {false, true}) {
      List<Map<String, Object>> rules = new ArrayList<>();
      for (Location at : ordered) {
        boolean inGrpc = at.grpcRoute && !(http && at.httpsRedirect);
        if (inGrpc == grpc) {
          rules.add(rule(at, http, grpc));
        }
      }
      List<Map<String, Object>> parents = new ArrayList<>();
      for (String section : sections) {
        parents.add(
            Trees.map(
                "namespace",
                options.gatewayNamespace(),
                "name",
                options.gatewayName(),
                "sectionName",
                section));
      }
      for (int i = 0; i < rules.size(); i += RULES) {
        List<Map<String, Object>> part = rules.subList(i, Math.min(i + RULES, rules.size()));
        out.add(
            Trees.object(
                API,
                grpc ? "GRPCRoute" : "HTTPRoute",
                first.ingress.namespace(),
                unused(first.ingress.namespace(), name),
                Trees.map(
                    "parentRefs", parents, "hostnames", hostnames, "rules", List.copyOf(part))));
      }
    }
  }

  /// The name, with a number behind it where another route has it.
  private String unused(String namespace, String name) {
    String unused = name;
    for (int i = 2; !routeNames.add(namespace + "/" + unused); i++) {
      unused = name + "-" + i;
    }
    return unused;
  }

  private static Map<String, Object> rule(Location at, boolean http, boolean grpc) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.putAll(
        Trees.map(
            "matches",
            grpc
                ? GrpcRules.matches(at)
                : List.of(
                    Trees.map("path", Trees.map("type", at.matchType, "value", at.matchValue)))));
    if (http && at.httpsRedirect) {
      rule.put(
          "filters",
          List.of(
              Trees.map(
                  "type",
                  "RequestRedirect",
                  "requestRedirect",
                  Trees.map("scheme", "https", "statusCode", 308))));
      return rule;
    }
    boolean redirects = at.filters.containsKey("RequestRedirect");
    if (at.served) {
      List<Map<String, Object>> filters = List.copyOf(at.filters.values());
      rule.putAll(
          Trees.map(
              "filters", http || !at.tls || redirects ? filters : StrictTransport.added(filters)));
    }
    if (at.served && !redirects) {
      rule.put("backendRefs", List.of(Trees.map("name", at.path.service(), "port", at.port)));
    }
    return rule;
  }

  private void hop(
      Port port,
      Owned owned,
      Set<String> configMaps,
      List<Map<String, Object>> out,
      List<ServicePatch> patches,
      List<Finding> found) {
    Hop hop = owned.hop;
    String namespace = owned.first.ingress.namespace();
    String service = owned.first.path.service();
    String portName = objects.portName(port.service, port.number);
    Map<String, Object> target = Trees.map("group", "", "kind", "Service", "name", service);
    if (!portName.isEmpty()) {
      target.put("sectionName", portName);
    }
    String name = service + "-" + port.number;
    if (!hop.appProtocol().isEmpty()) {
      appProtocol(port, owned, out, patches);
    }
    if (!hop.validation().isEmpty()) {
      out.add(
          Trees.object(
              API,
              "BackendTLSPolicy",
              namespace,
              name,
              Trees.map("targetRefs", List.of(target), "validation", hop.validation())));
    }
    hop.ca()
        .ifPresent(reference -> {
          Document secret = objects.secret(reference);
          String map = reference.substring(reference.indexOf('/') + 1) + "-ca";
          if (secret != null && configMaps.add(namespace + "/" + map)) {
            Map<String, Object> made =
                Trees.map(
                    "apiVersion",
                    "v1",
                    "kind",
                    "ConfigMap",
                    "metadata",
                    Trees.meta(namespace, map));
            made.put("data", Trees.map("ca.crt", Objects.certificate(secret, "ca.crt")));
            out.add(made);
          }
        });
    if (!hop.connection().isEmpty()) {
      Map<String, Object> spec = Trees.map("targetRefs", List.of(target));
      spec.putAll(hop.connection());
      out.add(
          Trees.object("postern.dev/v1alpha1", "BackendConnectionPolicy", namespace, name, spec));
    }
    if (hop.skipsVerification()) {
      found.add(
          new Finding(
              Severity.WARNING,
              Optional.of(new ObjectRef(Kind.BACKEND_CONNECTION_POLICY, namespace, name)),
              "spec.tls.insecureSkipVerify",
              owned
                  .first
                  .ingress
                  .origin()
                  .at("metadata.annotations[" + Ingress.PREFIX + "backend-protocol]"),
              "nobody verifies "
                  + service
                  + ":"
                  + port.number
                  + ", as nginx did not. To fix it, put its CA into a ConfigMap (kubectl create"
                  + " configmap "
                  + service
                  + "-ca -n "
                  + namespace
                  + " --from-file=ca.crt) and write a BackendTLSPolicy in place of this policy"));
    }
  }

  private void appProtocol(
      Port port, Owned owned, List<Map<String, Object>> out, List<ServicePatch> patches) {
    String namespace = owned.first.ingress.namespace();
    String service = owned.first.path.service();
    Document known = objects.service(port.service);
    Map<String, Object> made =
        Trees.map("port", port.number, "appProtocol", owned.hop.appProtocol());
    Map<String, Object> patch = Trees.map("spec", Trees.map("ports", List.of(made)));
    patches.add(new ServicePatch(namespace, service, patch));
    if (known != null) {
      // The Service as it is with this port's word, so that a folder of files needs no kubectl.
      Map<String, Object> whole = earlier(out, port.service, known);
      Map<String, Object> spec = copy(Trees.child(whole, "spec"));
      List<Object> ports = new ArrayList<>();
      for (Object item : Trees.items(spec, "ports")) {
        Map<String, Object> one = item instanceof Map<?, ?> map ? copy(map) : Trees.map();
        if (String.valueOf(one.get("port")).equals(Integer.toString(port.number))) {
          one.put("appProtocol", owned.hop.appProtocol());
        }
        for (String number : List.of("port", "nodePort", "targetPort")) {
          if (one.get(number) instanceof String text && text.matches("[0-9]{1,5}")) {
            one.put(number, Integer.valueOf(text));
          }
        }
        ports.add(one);
      }
      spec.put("ports", ports);
      whole.put("spec", spec);
    }
  }

  private Map<String, Object> earlier(
      List<Map<String, Object>> out, String reference, Document known) {
    return services.computeIfAbsent(
        reference,
        key -> {
          Map<String, Object> whole = copy(known.tree());
          whole.remove("status");
          out.add(whole);
          return whole;
        });
  }

  private static Map<String, Object> copy(Map<?, ?> map) {
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    return copy;
  }
}
