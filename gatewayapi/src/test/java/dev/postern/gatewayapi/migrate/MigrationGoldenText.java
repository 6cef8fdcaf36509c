package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.Finding;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
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

  /** The manifests as JSON, which is YAML without words that could be read in two ways. */
  static String json(Migration migration) {
    return String.join(
        "\n---\n", migration.objects().stream().map(MigrationGoldenText::json).toList());
  }

  private static String json(Object tree) {
    return switch (tree) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> json(entry.getKey()) + ": " + json(entry.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case Collection<?> list ->
          list.stream().map(MigrationGoldenText::json).collect(Collectors.joining(", ", "[", "]"));
      case String text -> "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
      default -> tree.toString();
    };
  }

  /** Without what is said once of the whole input, which MigratorTest looks at. */
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
      if (finding.severity() == Finding.Severity.NOTE && finding.object().isEmpty()) {
        continue;
      }
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
