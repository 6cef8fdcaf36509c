package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Annotations that other programs read. cert-manager's have to move to where the certificates are
/// named now; the others are counted by their prefix.
final class OtherAnnotations {
  private static final String MADE_OF_INGRESSES =
      "cert-manager makes the certificate for the Ingress, and ends renewing it when the Ingress is"
          + " deleted. ";

  private record Seen(int count, Optional<String> first) {}

  private final MigrationOptions options;
  private final Map<String, Seen> seen = new LinkedHashMap<>();

  OtherAnnotations(MigrationOptions options) {
    this.options = options;
  }

  /// What is to be done about those of one Ingress.
  List<Judgement> of(Ingress ingress) {
    List<Judgement> judgements = new ArrayList<>();
    ingress
        .others()
        .forEach((key, value) -> {
          String prefix = key.substring(0, Math.max(0, key.indexOf('/')));
          Optional<String> where = ingress.origin().at("metadata.annotations[" + key + "]");
          if (prefix.matches("(acme\\.)?cert-manager\\.io") || key.endsWith("/tls-acme")) {
            judgements.add(
                new Judgement(
                    ingress.id(), "", "", key, value, certificate(ingress, key, value), where));
          } else if (!prefix.matches(
              "|kubernetes\\.io|kubectl\\.kubernetes\\.io|meta\\.helm\\.sh")) {
            seen.merge(
                prefix,
                new Seen(1, where),
                (before, now) -> new Seen(before.count() + 1, before.first()));
          }
        });
    return judgements;
  }

  /// cert-manager looks at the listeners of an annotated Gateway, and fills Secrets of the
  /// Gateway's own namespace alone.
  private Verdict certificate(Ingress ingress, String key, String value) {
    if (ingress.tls().isEmpty()) {
      return new Verdict.Same("nothing, as the Ingress has no spec.tls");
    }
    boolean near = ingress.namespace().equals(options.gatewayNamespace());
    return new Verdict.Different(
        MADE_OF_INGRESSES
            + (near
                ? "Say it of the Gateway: kubectl annotate gateway -n "
                    + options.gatewayNamespace()
                    + " "
                    + options.gatewayName()
                    + " "
                    + ShellWord.of(key + "=" + value)
                : "Write a Certificate for the Secret in the namespace "
                    + ingress.namespace()
                    + ": said of a Gateway, it counts for Secrets of the Gateway's own namespace"
                    + " alone, "
                    + options.gatewayNamespace()));
  }

  /// One for each prefix.
  List<Finding> notes() {
    return seen.entrySet().stream()
        .map(entry ->
            new Finding(
                Severity.NOTE,
                Optional.empty(),
                "",
                entry.getValue().first(),
                "annotations of "
                    + entry.getKey()
                    + " ("
                    + entry.getValue().count()
                    + ") say nothing to ingress-nginx and are not converted; if the program that"
                    + " reads them is to look at Gateways or routes, write there what it wants"))
        .toList();
  }
}
