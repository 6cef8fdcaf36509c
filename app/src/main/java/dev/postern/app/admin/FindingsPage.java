package dev.postern.app.admin;

import dev.postern.app.control.Snapshot;
import dev.postern.app.report.FindingText;
import dev.postern.gatewayapi.resource.Finding;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `/findings`: what a person should know about the configuration beyond the conditions.
final class FindingsPage {
  private FindingsPage() {}

  static Answer answer(Request request, AdminView view) {
    String format = request.format("text");
    return switch (format) {
      case "text" -> Answer.text(text(all(view.snapshot())));
      case "json" -> Answer.json(Json.array("findings", all(view.snapshot()), FindingsPage::tree));
      default -> Answer.unknownFormat(format, "text, json");
    };
  }

  /// What was read and what it means, the worst first.
  private static List<Finding> all(Snapshot snapshot) {
    return StatusPage.report(snapshot).findings();
  }

  private static Iterator<String> text(List<Finding> findings) {
    if (findings.isEmpty()) {
      return List.of("No findings.\n").iterator();
    }
    return findings.stream().map(FindingsPage::line).iterator();
  }

  private static String line(Finding finding) {
    StringBuilder out = new StringBuilder();
    out.append(finding.severity()).append(' ');
    finding.location().ifPresent(location -> out.append(location).append(": "));
    String what = FindingText.what(finding);
    out.append(what).append(what.isEmpty() ? "" : ": ");
    out.append(finding.message().replace('\n', ' ')).append('\n');
    return out.toString();
  }

  private static Object tree(Finding finding) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("severity", finding.severity());
    finding.object().ifPresent(object -> tree.put("object", ObjectTree.name(object)));
    tree.put("field", finding.field());
    finding.location().ifPresent(location -> tree.put("location", location));
    tree.put("message", finding.message());
    return tree;
  }
}
