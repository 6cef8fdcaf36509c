package dev.postern.app.admin;

import dev.postern.app.control.Snapshot;
import dev.postern.gatewayapi.resource.Finding;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
  static List<Finding> all(Snapshot snapshot) {
    return Stream.concat(
            snapshot.readFindings().stream(), snapshot.translation().findings().stream())
        .sorted(
            Comparator.comparing(Finding::severity)
                .thenComparing(finding -> finding.location().orElse("")))
        .toList();
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
    out.append(subject(finding));
    out.append(finding.message().replace('\n', ' ')).append('\n');
    return out.toString();
  }

  private static String subject(Finding finding) {
    String object = finding.object().map(Object::toString).orElse("");
    String subject = (object + " " + finding.field()).strip();
    return subject.isEmpty() ? "" : subject + ": ";
  }

  private static Object tree(Finding finding) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("severity", finding.severity());
    finding.object().ifPresent(object -> tree.put("object", StatusTree.name(object)));
    tree.put("field", finding.field());
    finding.location().ifPresent(location -> tree.put("location", location));
    tree.put("message", finding.message());
    return tree;
  }
}
