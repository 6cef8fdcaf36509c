package dev.postern.app.admin;

import dev.postern.app.control.Snapshot;
import dev.postern.app.report.Judgement;
import dev.postern.app.report.Mark;
import dev.postern.app.report.Report;
import dev.postern.app.report.YamlText;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// `/status`: every object's conditions, as YAML for scripts and as a page for people.
final class StatusPage {
  private StatusPage() {}

  /// An object and how it stands.
  ///
  /// @param judgements empty where it belongs to no Gateway of ours
  /// @param mark the worst of them
  record Judged(ObjectRef object, Origin origin, List<Judgement> judgements, Mark mark) {
    static Judged of(Report.JudgedObject one) {
      Mark worst =
          one.judgements().stream().map(Judgement::mark).max(Mark::compareTo).orElse(Mark.WARNING);
      return new Judged(one.ref(), one.origin(), one.judgements(), worst);
    }
  }

  static Answer answer(Request request, AdminView view) {
    Snapshot snapshot = view.snapshot();
    Predicate<String> names = NameFilter.found(request, "filter");
    List<Judged> found =
        all(snapshot).stream().filter(one -> names.test(one.object.toString())).toList();
    String format = request.format(request.prefersHtml() ? "html" : "yaml");
    return switch (format) {
      case "yaml" -> Answer.text(yaml(snapshot, found));
      case "json" -> Answer.json(Json.array("objects", found, one -> tree(snapshot, one)));
      case "html" -> Answer.html(html(view, found));
      default -> Answer.unknownFormat(format, "yaml, json, html");
    };
  }

  /// GatewayClasses first, then Gateways, routes and policies.
  static List<Judged> all(Snapshot snapshot) {
    return report(snapshot).objects().stream().map(Judged::of).toList();
  }

  /// What `check` would say of it.
  static Report report(Snapshot snapshot) {
    return Report.of(
        snapshot.readFindings(),
        snapshot.translation().findings(),
        snapshot.translation().statuses(),
        snapshot.origins());
  }

  private static Object tree(Snapshot snapshot, Judged one) {
    ObjectStatus status = snapshot.translation().statuses().get(one.object);
    return ObjectTree.of(one.object, one.origin, Optional.ofNullable(status));
  }

  private static Iterator<String> yaml(Snapshot snapshot, List<Judged> found) {
    if (found.isEmpty()) {
      return List.of("[]\n").iterator();
    }
    return found.stream().map(one -> YamlText.of(List.of(tree(snapshot, one)))).iterator();
  }

  private static Iterator<String> html(AdminView view, List<Judged> found) {
    String head =
        Frame.head(view, "Status")
            + "<p class=\"lead\">Every condition of every GatewayClass, Gateway, route and policy."
            + " The same for scripts: <a href=\"/status?format=yaml\">YAML</a>,"
            + " <a href=\"/status?format=json\">JSON</a>.</p>\n";
    List<Judged> worstFirst =
        found.stream().sorted(Comparator.comparing(Judged::mark).reversed()).toList();
    Stream<String> objects = worstFirst.stream().map(one -> object(one));
    String none = found.isEmpty() ? "<p class=\"empty\">No object has a status yet.</p>\n" : "";
    return Stream.concat(Stream.concat(Stream.of(head), objects), Stream.of(none + Frame.foot()))
        .iterator();
  }

  private static String object(Judged one) {
    Html html = new Html();
    html.raw("<section class=\"object ").raw(Frame.css(one.mark)).raw("\" id=\"");
    html.text(anchor(one.object)).raw("\">\n<h2>");
    Frame.mark(html, one.mark);
    html.raw("<span class=\"kind\">").text(one.object.kind().kind()).raw("</span> ");
    html.text(Frame.shortName(one.object)).raw("</h2>\n");
    one.origin.at("").ifPresent(at -> html.raw("<p class=\"origin\">").text(at).raw("</p>\n"));
    List<Judgement> conditions = one.judgements();
    if (conditions.isEmpty()) {
      html.raw("<p class=\"empty\">It hangs on nothing that is ours: no condition.</p>\n");
    } else {
      html.raw("<div class=\"wide\"><table class=\"conditions\">\n");
      html.raw("<tr><th>Condition</th><th>Reason</th><th>Message</th></tr>\n");
      String where = "";
      for (Judgement judged : conditions) {
        if (!judged.subject().equals(where)) {
          where = judged.subject();
          html.raw("<tr class=\"where\"><td colspan=\"3\">").text(where).raw("</td></tr>\n");
        }
        condition(html, judged);
      }
      html.raw("</table></div>\n");
    }
    return html.raw("</section>\n").toString();
  }

  private static void condition(Html html, Judgement judged) {
    html.raw("<tr><td>");
    Frame.pill(html, judged);
    html.raw("</td><td>").text(judged.condition().reason());
    html.raw("</td><td class=\"message\">").text(judged.condition().message());
    html.raw("</td></tr>\n");
  }

  /// Of an object, inside the page.
  static String anchor(ObjectRef object) {
    return object.kind().kind() + "/" + Frame.shortName(object);
  }
}
