package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The controller's own ConfigMap: what it says for all Ingresses.
///
/// @param id `namespace/name`; empty where it is not in the input
record ControllerConfig(String id, Map<String, String> data, Origin origin) {
  private static final ControllerConfig UNKNOWN =
      new ControllerConfig("", Map.of(), Origin.UNKNOWN);

  /// That of the options, else the one that looks like it.
  static ControllerConfig among(
      List<Document> documents, MigrationOptions options, Findings findings) {
    List<Document> found =
        documents.stream()
            .filter(document -> document.kind().equals("ConfigMap"))
            .filter(document ->
                options
                    .controllerConfigMap()
                    .map(id -> id.equals(idOf(document)))
                    .orElseGet(() -> isLikely(document)))
            .toList();
    if (found.size() > 1) {
      String message =
          "more than one ConfigMap looks like the controller's; "
              + idOf(found.getFirst())
              + " is taken. Name the right one with --controller-configmap";
      findings.addAll(
          List.of(
              new Finding(
                  Severity.WARNING,
                  Optional.empty(),
                  "",
                  found.get(1).origin().at("metadata.name"),
                  message)));
    }
    if (found.isEmpty()) {
      options.controllerConfigMap().ifPresent(id -> findings.addAll(List.of(missing(id))));
      return UNKNOWN;
    }
    Document document = found.getFirst();
    return new ControllerConfig(
        idOf(document), Trees.texts(Trees.child(document.tree(), "data")), document.origin());
  }

  private static Finding missing(String id) {
    return new Finding(
        Severity.ERROR,
        Optional.empty(),
        "",
        Optional.empty(),
        "the controller's ConfigMap "
            + id
            + " is not in the input; add it: kubectl get configmap -o yaml -n "
            + id.replace('/', ' '));
  }

  private static String idOf(Document document) {
    Map<?, ?> meta = Trees.child(document.tree(), "metadata");
    String namespace = Trees.text(meta, "namespace");
    return (namespace.isEmpty() ? "default" : namespace) + "/" + Trees.text(meta, "name");
  }

  /// By the names that its manifests and its chart have.
  private static boolean isLikely(Document document) {
    Map<?, ?> meta = Trees.child(document.tree(), "metadata");
    String name = Trees.text(meta, "name");
    boolean labelled =
        Trees.text(Trees.child(meta, "labels"), "app.kubernetes.io/name").equals("ingress-nginx");
    return name.equals("nginx-configuration")
        || name.endsWith("ingress-nginx-controller")
        || (labelled && (name.endsWith("-controller") || name.equals("ingress-nginx")));
  }

  /// Trimmed, empty where there is none.
  String value(String key) {
    return data.getOrDefault(key, "").strip();
  }

  boolean isTrue(String key) {
    return GoBool.isTrue(value(key));
  }

  /// The key for each annotation that an Ingress does not have and the controller says for it.
  ///
  /// @param own the Ingress's annotations
  Map<String, String> defaultsFor(Map<String, String> own) {
    Map<String, String> defaults = new LinkedHashMap<>();
    data.forEach((key, value) -> {
      String annotation = ControllerTable.annotation(key);
      if (!annotation.isEmpty() && !value.isBlank() && !overrules(own, annotation)) {
        defaults.put(annotation, key);
      }
    });
    return defaults;
  }

  private static boolean overrules(Map<String, String> own, String annotation) {
    boolean noAuth =
        annotation.startsWith("auth-")
            && (GoBool.isFalse(own.getOrDefault("enable-global-auth", ""))
                || own.containsKey("auth-url"));
    boolean sameByAnotherName =
        annotation.equals("whitelist-source-range") && own.containsKey("allowlist-source-range");
    return noAuth || sameByAnotherName || own.containsKey(annotation);
  }

  /// Whether nobody is asked who he is at this path.
  boolean asksNobody(String path) {
    String prefixes = data.getOrDefault("no-auth-locations", "/.well-known/acme-challenge");
    return Stream.of(prefixes.split(",", -1))
        .map(String::strip)
        .anyMatch(prefix -> !prefix.isEmpty() && path.startsWith(prefix));
  }

  StrictTransport hsts() {
    return StrictTransport.of(data);
  }

  /// What to add about Strict-Transport-Security where the ConfigMap is not known.
  String unknownHsts() {
    return id.isEmpty()
        ? "; this is nginx's default. If the controller's ConfigMap says otherwise, migrate with it"
        : "";
  }

  /// Of redirects to https and to www.
  int redirectCode() {
    String code = value("http-redirect-code");
    return code.matches("301|302|307|308") ? Integer.parseInt(code) : 308;
  }

  /// Gateway.spec.listeners[].tls.options.
  Map<String, Object> tlsOptions() {
    Map<String, Object> options = new LinkedHashMap<>();
    List<String> versions = TlsParameters.versions(value("ssl-protocols"));
    if (!versions.isEmpty()) {
      options.put("postern.dev/min-version", versions.getFirst());
      options.put("postern.dev/max-version", versions.getLast());
    }
    List<String> suites = TlsParameters.suites(value("ssl-ciphers"));
    if (!suites.isEmpty() && (versions.isEmpty() || !versions.getFirst().equals("1.3"))) {
      options.put("postern.dev/cipher-suites", String.join(",", suites));
    }
    return options;
  }

  /// Keys, with their values, that keep requests away from everything.
  Map<String, String> guards() {
    Map<String, String> guards = new LinkedHashMap<>();
    for (String key : List.of("block-cidrs", "block-user-agents", "block-referers")) {
      if (!value(key).isEmpty()) {
        guards.put(key, value(key));
      }
    }
    return guards;
  }

  Judgement judgement(String key, String subject, String value, Verdict verdict) {
    return new Judgement(id, "", "", subject, value, verdict, origin.at("data[" + key + "]"));
  }
}
