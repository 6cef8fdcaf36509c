package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Services and certificates that Ingresses refer to and the input does not have. Where it has
/// others of the same kind and namespace, that is said at each place; where it has none, people
/// gave their Ingresses alone, and it is said once for a namespace.
final class MissingObjects {
  /// How many are named in one sentence.
  private static final int NAMED = 5;

  private record Unchecked(Set<String> names, Optional<String> first) {}

  private final Objects objects;
  private final Map<String, Unchecked> services = new LinkedHashMap<>();
  private final Map<String, Unchecked> secrets = new LinkedHashMap<>();

  MissingObjects(Objects objects) {
    this.objects = objects;
  }

  /// Of a namespace of which the input has none.
  void service(Location at) {
    note(
        services,
        at.ingress.namespace(),
        at.path.service(),
        at.ingress.origin().at(at.path.field()));
  }

  /// What to say of a host's certificate; empty for nothing.
  Optional<Verdict> certificate(Ingress ingress, String host, String secretName) {
    String namespace = ingress.namespace();
    if (secretName.isEmpty()) {
      return Optional.of(
          new Verdict.Different(
              "without a secretName nginx showed its default certificate for '"
                  + host
                  + "'; no HTTPS listener is made. Name a Secret of the type kubernetes.io/tls, and"
                  + " migrate again"));
    }
    Document secret = objects.secret(namespace + "/" + secretName);
    if (secret == null && !objects.hasAny("Secret", namespace)) {
      note(secrets, namespace, secretName, ingress.origin().at("spec.tls"));
    }
    boolean missing = secret == null && objects.hasAny("Secret", namespace);
    boolean other = secret != null && !Objects.hasKey(secret, "tls.crt");
    if (!missing && !other) {
      return Optional.empty();
    }
    return Optional.of(
        new Verdict.Different(
            (missing
                    ? "the input has Secrets of the namespace " + namespace + ", and not this one"
                    : "the Secret has no tls.crt")
                + ". Without it nginx showed its own fake certificate, and the gateway refuses TLS"
                + " for this host. To make it: kubectl create secret tls -n "
                + ShellWord.ofReference(namespace + "/" + secretName)
                + " --cert=FILE --key=FILE"));
  }

  private static void note(
      Map<String, Unchecked> all, String namespace, String name, Optional<String> where) {
    all.computeIfAbsent(namespace, key -> new Unchecked(new TreeSet<>(), where)).names().add(name);
  }

  /// One for each namespace of which the input has no Service, or no Secret.
  List<Finding> notes() {
    List<Finding> notes = new ArrayList<>();
    services.forEach((namespace, unchecked) ->
        notes.add(
            note(
                namespace,
                "Service",
                unchecked,
                "whether they have these ports, and what their appProtocol is")));
    secrets.forEach((namespace, unchecked) ->
        notes.add(note(namespace, "Secret", unchecked, "whether these certificates are there")));
    return notes;
  }

  private static Finding note(String namespace, String kind, Unchecked unchecked, String question) {
    List<String> names = List.copyOf(unchecked.names());
    String more = names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "";
    return new Finding(
        Severity.NOTE,
        Optional.empty(),
        "",
        unchecked.first(),
        "the input has no %s of the namespace %s, so that nobody looked %s: %s%s. To have it checked, add: kubectl get %s -n %s -o yaml"
            .formatted(
                kind,
                namespace,
                question,
                String.join(", ", names.subList(0, Math.min(NAMED, names.size()))),
                more,
                kind.toLowerCase(Locale.ROOT),
                namespace));
  }
}
