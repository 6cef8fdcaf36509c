package dev.postern.app.report;

import dev.postern.gatewayapi.migrate.CommonDifference;
import dev.postern.gatewayapi.migrate.Judgement;
import dev.postern.gatewayapi.migrate.Migration;
import dev.postern.gatewayapi.migrate.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;

/// A [Migration]'s judgements and findings, and what is different for all, as maps and lists.
public final class MigrationTree {
  private MigrationTree() {}

  /// The tree, without the manifests.
  public static Map<String, Object> of(Migration migration) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("exitCode", migration.exitCode());
    tree.put("judgements", migration.judgements().stream().map(MigrationTree::judgement).toList());
    tree.put(
        "findings",
        migration.findings().stream()
            .map(finding ->
                Map.of(
                    "severity", FindingText.severity(finding),
                    "location", finding.location().orElse(""),
                    "message", finding.message()))
            .toList());
    var everywhere = new LinkedHashMap<String, Object>();
    for (CommonDifference each : CommonDifference.values()) {
      everywhere.put(each.name(), each.text());
    }
    tree.put("everywhere", everywhere);
    tree.put(
        "backends",
        migration.looks().stream()
            .map(look ->
                Map.of(
                    "backend", look.backend().toString(),
                    "words", look.words(),
                    "manifests", look.manifests()))
            .toList());
    return tree;
  }

  private static Map<String, Object> judgement(Judgement judgement) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("ingress", judgement.ingress());
    tree.put("host", judgement.host());
    tree.put("path", judgement.path());
    tree.put("subject", judgement.subject());
    tree.put("value", judgement.value());
    judgement.location().ifPresent(location -> tree.put("location", location));
    switch (judgement.verdict()) {
      case Verdict.Same(String became) -> {
        tree.put("verdict", "same");
        tree.put("became", became);
      }
      case Verdict.Different(String how) -> {
        tree.put("verdict", "different");
        tree.put("how", how);
      }
      case Verdict.NotPossible(String why, String whatToDo) -> {
        tree.put("verdict", "not possible");
        tree.put("why", why);
        tree.put("whatToDo", whatToDo);
      }
    }
    return tree;
  }
}
