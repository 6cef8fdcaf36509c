package dev.postern.gatewayapi.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.ResourceDelta;
import dev.postern.gatewayapi.Translator;
import dev.postern.gatewayapi.explain.Explainer;
import dev.postern.gatewayapi.explain.Explanation.Place;
import dev.postern.gatewayapi.explain.Explanation.Rule;
import dev.postern.gatewayapi.explain.Request;
import dev.postern.gatewayapi.load.Documents;
import dev.postern.gatewayapi.load.Manifest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Ingresses after a migration, as requests find them. */
final class Migrated {
  final Migration migration;
  private final Explainer explainer;

  private Migrated(Migration migration) {
    this.migration = migration;
    Translator translator = new Translator();
    translator.apply(
        new ResourceDelta(
            Manifest.load("made.yaml", MigrationGoldenText.json(migration)).resources(),
            List.of()));
    this.explainer = translator.explainer();
  }

  static Migrated of(String... ingresses) {
    return of(Target.POSTERN, ingresses);
  }

  static Migrated of(Target target, String... ingresses) {
    return new Migrated(
        Migrator.migrate(
            Documents.read("in.yaml", String.join("---\n", ingresses)),
            MigrationOptions.of(target, false)));
  }

  /**
   * An Ingress of `a.example.com`. The Service has its name.
   *
   * @param annotations without their prefix, such as `use-regex=true`
   */
  static String ingress(String name, String type, String path, String... annotations) {
    return ingressOf("a.example.com", name, type, path, annotations);
  }

  static String ingressOf(
      String host, String name, String type, String path, String... annotations) {
    StringBuilder text =
        new StringBuilder("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n");
    text.append("  name: %s\n  annotations:\n    a: b\n".formatted(name));
    for (String annotation : annotations) {
      String[] pair = annotation.split("=", 2);
      text.append("    %s%s: '%s'\n".formatted(Ingress.PREFIX, pair[0], pair[1]));
    }
    return text.append(
            """
            spec:
              rules:
              - host: '%s'
                http:
                  paths:
                  - path: '%s'
                    pathType: %s
                    backend: {service: {name: %s, port: {number: 80}}}
            """
                .formatted(host, path, type, name))
        .toString();
  }

  /** One with `use-regex`. */
  static String regex(String name, String path, String... more) {
    String[] all = new String[more.length + 1];
    all[0] = "use-regex=true";
    System.arraycopy(more, 0, all, 1, more.length);
    return ingress(name, "ImplementationSpecific", path, all);
  }

  static String aged(String year, String ingress) {
    return ingress.replace(
        "  annotations:\n",
        "  creationTimestamp: '" + year + "-01-01T00:00:00Z'\n  annotations:\n");
  }

  /** The Service that gets a request in plaintext; else `500`, `404` or `redirect`. */
  String get(String host, String path) {
    List<Place> places = explainer.of(new Request(host, path, "GET", Map.of())).places();
    Optional<Place> plain =
        places.stream()
            .filter(place -> place.socket().map(text -> text.endsWith(":80")).orElse(false))
            .findFirst();
    assertThat(plain).isPresent();
    List<Rule> rules = plain.get().rules();
    if (rules.isEmpty()) {
      return "404";
    }
    Rule rule = rules.getFirst();
    if (rule.redirects()) {
      return "redirect";
    }
    return rule.closed() || rule.backends().isEmpty()
        ? "500"
        : rule.backends().getFirst().ref().name();
  }

  String get(String path) {
    return get("a.example.com", path);
  }

  /** The same where the gateway tries prefixes before expressions, as Istio does. */
  String getOnIstio(String path) {
    return TargetOrder.get(migration, false, path);
  }

  /** Of an Ingress, the verdict of one subject. */
  String verdict(String ingress, String subject) {
    List<Judgement> found =
        migration.judgements().stream()
            .filter(one -> one.ingress().equals("default/" + ingress))
            .filter(one -> one.subject().equals(subject))
            .toList();
    assertThat(found).as(subject).hasSize(1);
    return found.getFirst().verdict().toString();
  }

  String manifests() {
    return MigrationGoldenText.manifests(migration);
  }
}
