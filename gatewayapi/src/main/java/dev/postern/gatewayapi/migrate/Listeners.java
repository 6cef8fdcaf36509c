package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The listeners of the Gateway: one for plain HTTP, one for each host with a certificate, one for
/// each host whose TLS passes through. A Gateway takes 64 (Gateway.spec.listeners); further ones go
/// into ListenerSets of 64 each.
final class Listeners {
  private static final int EACH = 64;
  private static final Map<String, Object> ALL = Trees.map("namespaces", Trees.map("from", "All"));

  private final MigrationOptions options;
  private final Map<String, String> certificates;
  private final Optional<String> client;
  private final List<Map<String, Object>> listeners = new ArrayList<>();
  private final Map<String, Integer> secure = new LinkedHashMap<>();
  private final Map<String, Integer> passing = new LinkedHashMap<>();

  /// @param certificates `namespace/secret` by host
  /// @param passthrough hosts
  /// @param client the Secret whose certificate backends see
  Listeners(
      MigrationOptions options,
      ControllerConfig controller,
      Map<String, String> certificates,
      Set<String> passthrough,
      Optional<String> client) {
    this.options = options;
    this.client = client;
    this.certificates = certificates;
    listeners.add(Trees.map("name", "http", "port", 80, "protocol", "HTTP", "allowedRoutes", ALL));
    certificates.forEach((host, secret) -> {
      String[] names = secret.split("/", 2);
      Map<String, Object> tls =
          Trees.map(
              "certificateRefs",
              List.of(Trees.map("namespace", names[0], "name", names[1])),
              "options",
              options.target().isPostern() ? controller.tlsOptions() : Map.of());
      secure.put(host, add("https-", host, "HTTPS", tls));
    });
    for (String host : passthrough) {
      passing.put(host, add("tls-", host, "TLS", Trees.map("mode", "Passthrough")));
    }
  }

  private int add(String prefix, String host, String protocol, Map<String, Object> tls) {
    Map<String, Object> listener = Trees.map("name", prefix + listeners.size());
    if (!host.isEmpty()) {
      listener.put("hostname", host);
    }
    listener.putAll(Trees.map("port", 443, "protocol", protocol, "tls", tls, "allowedRoutes", ALL));
    listeners.add(listener);
    return listeners.size() - 1;
  }

  /// The parentRef of routes in plain HTTP.
  Map<String, Object> http() {
    return parent(0);
  }

  /// The parentRefs of an HTTPS route for these hosts; none where none has a certificate.
  Set<Map<String, Object>> https(List<String> hosts) {
    Set<Map<String, Object>> parents = new LinkedHashSet<>();
    for (String host : hosts.isEmpty() ? List.of("") : hosts) {
      Certificates.covering(secure.keySet(), host)
          .map(secure::get)
          .ifPresent(number -> parents.add(parent(number)));
    }
    return parents;
  }

  Map<String, Object> passthrough(String host) {
    return parent(passing.getOrDefault(host, 0));
  }

  private Map<String, Object> parent(int number) {
    Map<String, Object> parent = new LinkedHashMap<>();
    if (number >= EACH) {
      parent.put("kind", "ListenerSet");
    }
    parent.put("namespace", options.gatewayNamespace());
    parent.put("name", number < EACH ? options.gatewayName() : setName(number / EACH));
    parent.put("sectionName", listeners.get(number).get("name"));
    return parent;
  }

  private String setName(int number) {
    return options.gatewayName() + "-" + (number + 1);
  }

  /// The Gateway, then ListenerSets.
  ///
  /// @param insecure whether Postern has to be told that some backend is not verified
  /// @param clients the CA of certificates that clients have to show
  void writeTo(List<Map<String, Object>> out, boolean insecure, Optional<String> clients) {
    Map<String, Object> spec =
        Trees.map(
            "gatewayClassName",
            options.target().className(),
            "listeners",
            listeners.subList(0, Math.min(EACH, listeners.size())));
    if (listeners.size() > EACH) {
      spec.put("allowedListeners", Trees.map("namespaces", Trees.map("from", "Same")));
    }
    Map<String, Object> tls = Trees.map();
    client.ifPresent(
        secret -> tls.put("backend", Trees.map("clientCertificateRef", reference(secret))));
    clients.ifPresent(authority -> tls.put("frontend", frontend(authority, out)));
    if (!tls.isEmpty()) {
      spec.put("tls", tls);
    }
    Map<String, Object> gateway =
        Trees.object(
            Trees.GATEWAY_API, "Gateway", options.gatewayNamespace(), options.gatewayName(), spec);
    if (insecure) {
      Map<String, Object> meta = Trees.meta(options.gatewayNamespace(), options.gatewayName());
      meta.put("annotations", Trees.map("postern.dev/allow-insecure-backends", "true"));
      gateway.put("metadata", meta);
    }
    out.add(gateway);
    for (int from = EACH; from < listeners.size(); from += EACH) {
      out.add(
          Trees.object(
              Trees.GATEWAY_API,
              "ListenerSet",
              options.gatewayNamespace(),
              setName(from / EACH),
              Trees.map(
                  "parentRef",
                  Trees.map("name", options.gatewayName()),
                  "listeners",
                  listeners.subList(from, Math.min(from + EACH, listeners.size())))));
    }
    grants(out);
  }

  private static Map<String, Object> reference(String secret) {
    String[] names = secret.split("/", 2);
    return Trees.map("group", "", "kind", "Secret", "namespace", names[0], "name", names[1]);
  }

  /// Gateway.spec.tls.frontend, with the ConfigMap that it refers to.
  private Map<String, Object> frontend(String authority, List<Map<String, Object>> out) {
    String name = options.gatewayName() + "-clients-ca";
    Map<String, Object> made =
        Trees.map(
            "apiVersion",
            "v1",
            "kind",
            "ConfigMap",
            "metadata",
            Trees.meta(options.gatewayNamespace(), name));
    made.put("data", Trees.map("ca.crt", authority + "\n"));
    out.add(made);
    return Trees.map(
        "default",
        Trees.map(
            "validation",
            Trees.map(
                "caCertificateRefs",
                List.of(Trees.map("group", "", "kind", "ConfigMap", "name", name)))));
  }

  private void grants(List<Map<String, Object>> out) {
    Map<String, Set<String>> secrets = new LinkedHashMap<>();
    List<String> all = new ArrayList<>(certificates.values());
    client.ifPresent(all::add);
    for (String certificate : all) {
      String[] secret = certificate.split("/", 2);
      if (!secret[0].equals(options.gatewayNamespace())) {
        secrets.computeIfAbsent(secret[0], namespace -> new LinkedHashSet<>()).add(secret[1]);
      }
    }
    List<String> kinds =
        listeners.size() > EACH ? List.of("Gateway", "ListenerSet") : List.of("Gateway");
    secrets.forEach((namespace, names) ->
        out.add(
            Grants.object(
                namespace,
                options.gatewayName() + "-certificates",
                kinds,
                options.gatewayNamespace(),
                "Secret",
                names)));
  }
}
