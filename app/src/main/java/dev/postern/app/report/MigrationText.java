package dev.postern.app.report;

import dev.postern.gatewayapi.migrate.CommonDifference;
import dev.postern.gatewayapi.migrate.Judgement;
import dev.postern.gatewayapi.migrate.Migration;
import dev.postern.gatewayapi.migrate.Verdict;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.OneLine;

/// A [Migration] as a person reads it.
public final class MigrationText {
  private MigrationText() {}

  /// A row for each judgement and finding, what is different for all, then a line that sums it up.
  public static String of(Migration migration, Style style) {
    var out = new StringBuilder();
    var rows = new Rows(true, "INGRESS", "HOST AND PATH", "WHAT", "WHERE");
    for (Judgement judgement : migration.judgements()) {
      rows.add(
          mark(judgement.verdict()),
          words(judgement.verdict()),
          judgement.ingress(),
          judgement.host() + judgement.path(),
          judgement.subject(),
          judgement.location().orElse(""));
    }
    rows.printTo(out, style);
    var findings = new Rows("FINDING", "WHERE");
    for (Finding finding : migration.findings()) {
      findings.add(
          FindingText.mark(finding),
          finding.message(),
          FindingText.severity(finding),
          finding.location().orElse(""));
    }
    findings.printTo(out, style);
    if (!migration.judgements().isEmpty()) {
      out.append("For every Ingress:\n");
      for (CommonDifference each : CommonDifference.values()) {
        out.append(style.sign(Mark.NOTE)).append(' ').append(each.text()).append('\n');
      }
      out.append('\n');
    }
    for (Migration.Looked look : migration.looks()) {
      out.append(style.bold(OneLine.of(look.backend().toString(), Integer.MAX_VALUE)));
      out.append(' ').append(OneLine.of(look.words(), Integer.MAX_VALUE));
      out.append('\n').append(look.manifests()).append('\n');
    }
    out.append(
        "%d same, %d different, %d not possible; %d objects, %d Services to patch\n"
            .formatted(
                migration.count(Verdict.Same.class),
                migration.count(Verdict.Different.class),
                migration.count(Verdict.NotPossible.class),
                migration.objects().size(),
                migration.patches().size()));
    return out.toString();
  }

  private static Mark mark(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Same _ -> Mark.GOOD;
      case Verdict.Different _ -> Mark.WARNING;
      case Verdict.NotPossible _ -> Mark.BAD;
    };
  }

  private static String words(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Same(String became) -> became;
      case Verdict.Different(String how) -> how;
      case Verdict.NotPossible(String why, String whatToDo) -> why + "; " + whatToDo;
    };
  }
}
