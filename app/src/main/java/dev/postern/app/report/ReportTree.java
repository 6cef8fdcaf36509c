package dev.postern.app.report;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A [Report] as maps, lists, strings, numbers and truth values, for `-o json` and `-o yaml`.
///
/// Programs rely on it: keys may be added, none changes its meaning or goes away. docs/checking.md
/// describes it.
public final class ReportTree {
  private ReportTree() {}

  /// The tree.
  public static Map<String, Object> of(Report report) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("verdict", report.mark().text());
    tree.put("summary", summary(report));
    tree.put("findings", report.findings().stream().map(ReportTree::finding).toList());
    tree.put("objects", report.objects().stream().map(ReportTree::object).toList());
    return tree;
  }

  private static Map<String, Object> summary(Report report) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("objects", report.objects().size());
    tree.put("objectsWithoutEffect", report.unjudged().size());
    tree.put("conditions", report.conditions());
    tree.put("conditionsBad", report.conditions(Mark.BAD));
    tree.put("conditionsWarning", report.conditions(Mark.WARNING));
    tree.put("errors", report.findings(Severity.ERROR));
    tree.put("warnings", report.findings(Severity.WARNING));
    tree.put("notes", report.findings(Severity.NOTE));
    return tree;
  }

  private static Map<String, Object> finding(Finding finding) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("severity", FindingText.severity(finding));
    finding.object().ifPresent(object -> tree.put("object", reference(object)));
    tree.put("field", finding.field());
    finding.location().ifPresent(location -> tree.put("location", location));
    tree.put("message", finding.message());
    return tree;
  }

  private static Map<String, Object> object(Report.JudgedObject object) {
    Map<String, Object> tree = reference(object.ref());
    object.origin().at("").ifPresent(location -> tree.put("location", location));
    List<Map<String, Object>> conditions =
        object.judgements().stream().map(ReportTree::condition).toList();
    tree.put("conditions", conditions);
    return tree;
  }

  private static Map<String, Object> condition(Judgement judgement) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("subject", judgement.subject());
    tree.put("type", judgement.condition().type());
    tree.put("status", judgement.condition().status().text());
    tree.put("reason", judgement.condition().reason());
    tree.put("message", judgement.condition().message());
    judgement.location().ifPresent(location -> tree.put("location", location));
    tree.put("verdict", judgement.mark().text());
    return tree;
  }

  private static Map<String, Object> reference(ObjectRef ref) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("group", ref.kind().group());
    tree.put("kind", ref.kind().kind());
    tree.put("namespace", ref.namespace());
    tree.put("name", ref.name());
    return tree;
  }
}
