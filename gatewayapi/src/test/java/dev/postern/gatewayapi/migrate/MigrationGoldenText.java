package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.Finding;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** What the golden files of migrations hold. */
final class MigrationGoldenText {
  private static final Dump YAML =
      new Dump(
          DumpSettings.builder()
              .setDefaultFlowStyle(FlowStyle.AUTO)
              .setExplicitStart(true)
              .setWidth(160)
              .setDereferenceAliases(true)
              .build());

  private MigrationGoldenText() {}

  static String manifests(Migration migration) {
    StringBuilder text = new StringBuilder();
    for (Map<String, Object> object : migration.objects()) {
      text.append(YAML.dumpToString(object));
    }
    return text.toString();
  }

  static String report(Migration migration) {
    StringBuilder text = new StringBuilder();
    for (Judgement one : migration.judgements()) {
      text.append(
          "%s  %s %s%s  %s: %s%n      %s%n"
              .formatted(
                  mark(one.verdict()),
                  one.ingress(),
                  one.host(),
                  one.path(),
                  one.subject(),
                  one.location().orElse(""),
                  words(one.verdict())));
    }
    for (Finding finding : migration.findings()) {
      text.append(
          "%s  %s: %s%n"
              .formatted(
                  finding.severity().name(), finding.location().orElse(""), finding.message()));
    }
    migration
        .patches()
        .forEach(patch ->
            text.append(
                "PATCH %s/%s %s%n".formatted(patch.namespace(), patch.service(), patch.patch())));
    return text.toString();
  }

  private static String mark(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Same _ -> "=";
      case Verdict.Different _ -> "~";
      case Verdict.NotPossible _ -> "!";
    };
  }

  private static String words(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Same(String became) -> became;
      case Verdict.Different(String how) -> how;
      case Verdict.NotPossible(String why, String whatToDo) -> why + " / " + whatToDo;
    };
  }
}
