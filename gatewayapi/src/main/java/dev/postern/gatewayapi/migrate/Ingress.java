package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import dev.postern.gatewayapi.resource.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// networking.k8s.io Ingress, as far as a migration needs it.
///
/// @param annotations those of ingress-nginx, without their prefix, and what the controller's
///   ConfigMap says for all that say nothing
/// @param others annotations that other programs read, in full
/// @param inherited the ConfigMap's key for those that are its own
/// @param unserved rules without a path
/// @param tls Secret by host; the host is empty where the Ingress names none
record Ingress(
    String namespace,
    String name,
    String className,
    String created,
    Map<String, String> annotations,
    Map<String, String> others,
    Map<String, String> inherited,
    List<Path> paths,
    List<Path> unserved,
    Map<String, String> tls,
    Origin origin) {
  static final String PREFIX = "nginx.ingress.kubernetes.io/";

  /// @param type the controller took ImplementationSpecific, and none, for Prefix before it looked
  ///   at anything else (SetDefaultNGINXPathType)
  /// @param field where it stands
  /// @param service empty for a backend that is no Service
  /// @param port a number or a name
  record Path(String host, String path, String type, String service, String port, String field) {

    /// Whether it is the default backend.
    boolean isFallback() {
      return field.equals(FALLBACK);
    }
  }

  private static final String FALLBACK = "spec.defaultBackend";

  static Ingress of(Document document, ControllerConfig controller) {
    Map<String, Object> tree = document.tree();
    Map<?, ?> meta = Trees.child(tree, "metadata");
    Map<?, ?> spec = Trees.child(tree, "spec");
    Map<String, String> own = new LinkedHashMap<>();
    Map<String, String> others = new LinkedHashMap<>();
    Map<String, String> all = Trees.texts(Trees.child(meta, "annotations"));
    all.forEach((key, value) -> {
      if (key.startsWith(PREFIX)) {
        own.put(key.substring(PREFIX.length()), value);
      } else {
        others.put(key, value);
      }
    });
    Map<String, String> inherited = new LinkedHashMap<>();
    controller
        .defaultsFor(own)
        .forEach((annotation, key) -> {
          own.put(annotation, controller.value(key));
          inherited.put(annotation, key);
        });
    String className = Trees.text(spec, "ingressClassName");
    String namespace = Trees.text(meta, "namespace");
    return new Ingress(
        namespace.isEmpty() ? "default" : namespace,
        Trees.text(meta, "name"),
        className.isEmpty() ? all.getOrDefault("kubernetes.io/ingress.class", "") : className,
        Trees.text(meta, "creationTimestamp"),
        own,
        others,
        inherited,
        paths(spec),
        unserved(spec),
        tls(spec),
        document.origin());
  }

  private static List<Path> paths(Map<?, ?> spec) {
    List<Path> paths = new ArrayList<>();
    Map<?, ?> fallback = Trees.child(spec, "defaultBackend");
    List<?> rules = Trees.items(spec, "rules");
    for (int i = 0; i < rules.size(); i++) {
      Map<?, ?> rule = rules.get(i) instanceof Map<?, ?> map ? map : Map.of();
      String host = Trees.text(rule, "host");
      List<?> items = Trees.items(Trees.child(rule, "http"), "paths");
      boolean root = false;
      for (int j = 0; j < items.size(); j++) {
        if (items.get(j) instanceof Map<?, ?> item) {
          String path = Trees.text(item, "path");
          boolean exact = Trees.text(item, "pathType").equals("Exact");
          root |= path.isEmpty() || (path.equals("/") && !exact);
          paths.add(
              path(
                  host,
                  path.isEmpty() ? "/" : path,
                  Trees.text(item, "pathType"),
                  Trees.child(item, "backend"),
                  "spec.rules[" + i + "].http.paths[" + j + "]"));
        }
      }
      // All hosts have a root before any rule is looked at (createServers of the controller).
      if (!root && !host.isEmpty() && !fallback.isEmpty()) {
        paths.add(path(host, "/", "Prefix", fallback, FALLBACK));
      }
    }
    if (rules.isEmpty() && !fallback.isEmpty()) {
      paths.add(path("", "/", "Prefix", fallback, FALLBACK));
    }
    return paths;
  }

  private static List<Path> unserved(Map<?, ?> spec) {
    List<Path> unserved = new ArrayList<>();
    List<?> rules = Trees.items(spec, "rules");
    for (int i = 0; i < rules.size() && Trees.child(spec, "defaultBackend").isEmpty(); i++) {
      if (rules.get(i) instanceof Map<?, ?> rule
          && Trees.items(Trees.child(rule, "http"), "paths").isEmpty()) {
        unserved.add(path(Trees.text(rule, "host"), "", "", Map.of(), "spec.rules[" + i + "]"));
      }
    }
    return unserved;
  }

  private static Path path(String host, String path, String type, Map<?, ?> backend, String field) {
    Map<?, ?> service = Trees.child(backend, "service");
    Map<?, ?> port = Trees.child(service, "port");
    String number = Trees.text(port, "number");
    return new Path(
        host,
        path,
        type.isEmpty() || type.equals("ImplementationSpecific") ? "Prefix" : type,
        Trees.text(service, "name"),
        number.isEmpty() ? Trees.text(port, "name") : number,
        field);
  }

  private static Map<String, String> tls(Map<?, ?> spec) {
    Map<String, String> tls = new LinkedHashMap<>();
    for (Object item : Trees.items(spec, "tls")) {
      if (item instanceof Map<?, ?> map) {
        String secret = Trees.text(map, "secretName");
        List<?> hosts = Trees.items(map, "hosts");
        if (hosts.isEmpty()) {
          tls.putIfAbsent("", secret);
        }
        hosts.forEach(host -> tls.putIfAbsent(String.valueOf(host), secret));
      }
    }
    return tls;
  }

  String id() {
    return namespace + "/" + name;
  }

  /// All that it has rules for, whether with a path or without.
  Set<String> hosts() {
    Set<String> hosts = new LinkedHashSet<>();
    paths.forEach(path -> hosts.add(path.host()));
    unserved.forEach(rule -> hosts.add(rule.host()));
    return hosts;
  }

  /// `file:line` of an annotation.
  Optional<String> lineOf(String annotation) {
    return origin.at("metadata.annotations[" + PREFIX + annotation + "]");
  }

  boolean isCanary() {
    return GoBool.isTrue(annotations.getOrDefault("canary", ""));
  }
}
