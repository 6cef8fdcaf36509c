package dev.postern.app.report;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Condition.Truth;
import java.util.ArrayList;
import java.util.List;

/// A [Report] as a person reads it: findings, then a row for each condition, then one line that
/// sums it up. What a row has to say stands below it, wrapped to the width.
public final class Table {
  private static final String UNJUDGED =
      "No Gateway of this controller has to do with it, so it has no effect here. Check the names it"
          + " refers to, or its class.";

  private static final String OTHERS =
      "It is for another controller than Postern, and so are the Gateways of this class.";

  private final Style style;
  private final boolean onlyWrong;
  private final StringBuilder out = new StringBuilder();

  private Table(Style style, boolean onlyWrong) {
    this.style = style;
    this.onlyWrong = onlyWrong;
  }

  /// Prints all of it.
  public static String of(Report report, Style style) {
    var table = new Table(style, false);
    table.findings(report.findings());
    table.conditions(report);
    table.out.append(Summary.of(report, style)).append('\n');
    return table.out.toString();
  }

  /// Prints only what is not as it should be; empty when all is.
  public static String ofWrong(Report report, Style style) {
    var table = new Table(style, true);
    table.findings(report.findings());
    table.conditions(report);
    return table.out.toString();
  }

  private void findings(List<Finding> findings) {
    var rows = new Rows("FINDING", "ABOUT", "WHERE");
    for (Finding finding : findings) {
      if (!onlyWrong || finding.severity() != Severity.NOTE) {
        rows.add(
            FindingText.mark(finding),
            finding.message(),
            FindingText.severity(finding),
            FindingText.what(finding),
            finding.location().orElse(""));
      }
    }
    rows.printTo(out, style);
  }

  private void conditions(Report report) {
    var rows = new Rows("OBJECT", "CONDITION", "WHERE");
    for (Report.JudgedObject object : report.objects()) {
      String name = object.ref().toString();
      if (object.judgements().isEmpty()) {
        String why =
            report.isExplained(object.ref())
                ? "Without effect, see above."
                : object.ref().kind().equals(Kind.GATEWAY_CLASS) ? OTHERS : UNJUDGED;
        rows.add(Mark.WARNING, why, name, "", object.origin().at("").orElse(""));
      } else {
        conditions(rows, name, wanted(object.judgements()));
      }
    }
    rows.printTo(out, style);
  }

  private List<Judgement> wanted(List<Judgement> judgements) {
    if (!onlyWrong) {
      return judgements;
    }
    return judgements.stream().filter(judgement -> judgement.mark().isTrouble()).toList();
  }

  /// Names the object once and each part of it once.
  private static void conditions(Rows rows, String name, List<Judgement> judgements) {
    String above = "";
    boolean named = false;
    for (Judgement judgement : judgements) {
      boolean sameAsAbove = named && judgement.subject().equals(above);
      if (!named && !judgement.subject().isEmpty()) {
        rows.add(worst(judgements), "", name, "", "");
      }
      String label = judgement.subject().isEmpty() ? name : "  " + judgement.subject();
      rows.add(
          judgement.mark(),
          judgement.condition().message(),
          sameAsAbove ? "" : label,
          words(judgement.condition()),
          sameAsAbove ? "" : judgement.location().orElse(""));
      named = true;
      above = judgement.subject();
    }
  }

  /// As short as it can be: of a condition that is True for no special reason the type says it all.
  private static String words(Condition condition) {
    boolean isTrue = condition.status() == Truth.TRUE;
    String type = isTrue ? condition.type() : condition.type() + "=" + condition.status().text();
    return condition.reason().equals(type) ? type : type + " " + condition.reason();
  }

  private static Mark worst(List<Judgement> judgements) {
    var marks = new ArrayList<Mark>();
    judgements.forEach(judgement -> marks.add(judgement.mark()));
    return marks.stream().max(Mark::compareTo).orElse(Mark.GOOD);
  }
}
