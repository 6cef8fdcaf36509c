package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.Finding.Severity;
import java.util.List;
import java.util.Set;

/// Rules that only name a host, for which nginx answered 404 by its default backend.
final class UnservedRules {
  private final Set<String> hosts;
  private final List<Judgement> judgements;
  private final Findings findings;

  /// @param hosts all that some Ingress serves
  /// @param judgements where those about rules are added
  UnservedRules(Set<String> hosts, List<Judgement> judgements, Findings findings) {
    this.hosts = hosts;
    this.judgements = judgements;
    this.findings = findings;
  }

  void judge(Ingress ingress) {
    if (ingress.paths().isEmpty()) {
      return;
    }
    for (Ingress.Path rule : ingress.unserved()) {
      if (!hosts.contains(rule.host())) {
        judge(ingress, rule);
      }
    }
  }

  private void judge(Ingress ingress, Ingress.Path rule) {
    String host = rule.host();
    String above = above(host);
    String words =
        "this rule has no http, so that nginx answered 404 for '"
            + host
            + "' by its default backend";
    if (hosts.contains(above)) {
      var verdict =
          new Verdict.Different(
              words
                  + "; now the host's requests go where those of '"
                  + above
                  + "' go. Add its paths, or remove the rule");
      judgements.add(
          new Judgement(
              ingress.id(), host, "", "rule", "", verdict, ingress.origin().at(rule.field())));
    } else {
      findings.add(
          Severity.WARNING,
          ingress,
          rule.field(),
          words + ", and the gateway answers 404, too. Add its paths, or remove the rule");
    }
  }

  /// The longest wildcard that is served and takes a host, whose place may have several labels;
  /// empty for none.
  private String above(String host) {
    for (int dot = host.indexOf('.', 1); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      String wildcard = "*" + host.substring(dot);
      if (hosts.contains(wildcard)) {
        return wildcard;
      }
    }
    return "";
  }
}
