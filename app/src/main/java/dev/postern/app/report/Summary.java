package dev.postern.app.report;

import dev.postern.gatewayapi.resource.Finding.Severity;
import java.util.ArrayList;
import java.util.List;

/// The one line at the end of a [Report].
final class Summary {
  private Summary() {}

  static String of(Report report, Style style) {
    return style.sign(report.mark()) + " " + style.bold(text(report));
  }

  private static String text(Report report) {
    long bad = report.conditions(Mark.BAD);
    long all = report.conditions();
    var parts = new ArrayList<String>();
    parts.add(
        all == 0
            ? "no condition to judge"
            : bad == 0
                ? "all " + count(all, "condition") + " as they should be"
                : bad + " of " + count(all, "condition") + " not as they should be");
    parts.addAll(findings(report));
    int unjudged = report.unjudged().size();
    if (unjudged > 0) {
      parts.add(count(unjudged, "object") + " without effect");
    }
    return String.join(", ", parts);
  }

  private static List<String> findings(Report report) {
    var parts = new ArrayList<String>();
    for (Severity severity : Severity.values()) {
      long found = report.findings(severity);
      if (found > 0) {
        parts.add(
            count(
                found,
                switch (severity) {
                  case ERROR -> "error";
                  case WARNING -> "warning";
                  case NOTE -> "note";
                }));
      }
    }
    return parts;
  }

  private static String count(long n, String thing) {
    return n + " " + thing + (n == 1 ? "" : "s");
  }
}
