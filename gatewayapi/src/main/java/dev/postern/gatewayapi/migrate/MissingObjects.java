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

  void backend(Location at) {
    String namespace = at.ingress.namespace();
    String name = at.path.service();
    Document service = objects.service(namespace + "/" + name);
    Optional<Verdict> verdict = Optional.empty();
    if (service != null) {
      verdict = port(service, at);
    } else if (objects.hasAny("Service", namespace)) {
      verdict =
          Optional.of(
              new Verdict.Different(
                  "the input has Services of the namespace "
                      + namespace
                      + ", and not this one. If the cluster has none either, nginx answered 503 here"
                      + " and the gateway answers 500: create the Service, or remove the path"));
    } else {
      note(services, namespace, name, at.ingress.origin().at(at.path.field()));
    }
    verdict.ifPresent(found -> at.say("backend", name + ":" + at.path.port(), found));
  }

  private static Optional<Verdict> port(Document service, Location at) {
    List<String> numbers =
        Objects.ports(service).stream()
            .map(port -> port instanceof Map<?, ?> map ? Trees.text(map, "port") : "")
            .toList();
    boolean elsewhere = Objects.isExternalName(service);
    String number = Integer.toString(at.port);
    if (numbers.contains(number)) {
      return at.path.port().equals(number) || isNamed(service, at.path.port())
          ? Optional.empty()
          : Optional.of(
              new Verdict.Same(
                  "the Service's port "
                      + number
                      + ", of which this is the targetPort: nginx took that, too"));
    }
    if (elsewhere && numbers.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Verdict.NotPossible(
            "the Service has no port "
                + at.port
                + ", only "
                + String.join(", ", numbers)
                + (elsewhere
                    ? ": nginx took the number as it is, and the gateway answers 500"
                    : ": nginx answered 503, and the gateway answers 500"),
            elsewhere
                ? "add the port to the Service"
                : "correct the port in the Ingress or in the Service, and migrate again"));
  }

  private static boolean isNamed(Document service, String name) {
    return Objects.ports(service).stream()
        .anyMatch(port -> port instanceof Map<?, ?> map && Trees.text(map, "name").equals(name));
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
