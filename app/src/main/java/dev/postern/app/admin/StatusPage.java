package dev.postern.app.admin;

import dev.postern.app.control.Snapshot;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// `/status`: every object's conditions, as YAML for scripts and as a page for people.
final class StatusPage {
  private StatusPage() {}

  /// An object and what became of it.
  record Judged(ObjectRef object, ObjectStatus status, Health health) {}

  static Answer answer(Request request, AdminView view) {
    Snapshot snapshot = view.snapshot();
    Predicate<String> names = NameFilter.found(request, "filter");
    List<Judged> found =
        all(snapshot).stream().filter(one -> names.test(one.object.toString())).toList();
    String format = request.format(request.prefersHtml() ? "html" : "yaml");
    return switch (format) {
      case "yaml" -> Answer.text(yaml(snapshot, found));
      case "json" ->
          Answer.json(
              Json.array("objects", found, one -> StatusTree.of(snapshot, one.object, one.status)));
      case "html" -> Answer.html(html(view, snapshot, found));
      default -> Answer.unknownFormat(format, "yaml, json, html");
    };
  }

  /// Sorted by kind, namespace and name.
  static List<Judged> all(Snapshot snapshot) {
    List<Judged> all = new ArrayList<>();
    snapshot.translation().statuses().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry ->
            all.add(new Judged(entry.getKey(), entry.getValue(), Health.of(entry.getValue()))));
    return all;
  }

  private static Iterator<String> yaml(Snapshot snapshot, List<Judged> found) {
    if (found.isEmpty()) {
      return List.of("[]\n").iterator();
    }
    return found.stream()
        .map(one -> Yaml.element(StatusTree.of(snapshot, one.object, one.status)))
        .iterator();
  }

  private static Iterator<String> html(AdminView view, Snapshot snapshot, List<Judged> found) {
    String head =
        Frame.head(view, "Status")
            + "<p class=\"lead\">Every condition of every GatewayClass, Gateway, route and policy."
            + " The same for scripts: <a href=\"/status?format=yaml\">YAML</a>,"
            + " <a href=\"/status?format=json\">JSON</a>.</p>\n";
    List<Judged> worstFirst =
        found.stream().sorted(Comparator.comparing(Judged::health).reversed()).toList();
    Stream<String> objects = worstFirst.stream().map(one -> object(snapshot, one));
    String none = found.isEmpty() ? "<p class=\"empty\">No object has a status yet.</p>\n" : "";
    return Stream.concat(Stream.concat(Stream.of(head), objects), Stream.of(none + Frame.foot()))
        .iterator();
  }

  private static String object(Snapshot snapshot, Judged one) {
    Html html = new Html();
    html.raw("<section class=\"object ").raw(Frame.css(one.health)).raw("\" id=\"");
    html.text(anchor(one.object)).raw("\">\n<h2>");
    Frame.mark(html, one.health);
    html.raw("<span class=\"kind\">").text(one.object.kind().kind()).raw("</span> ");
    html.text(Frame.shortName(one.object)).raw("</h2>\n");
    snapshot
        .origin(one.object)
        .at("")
        .ifPresent(at -> html.raw("<p class=\"origin\">").text(at).raw("</p>\n"));
    List<Health.Judged> conditions = Health.conditions(one.status);
    if (conditions.isEmpty()) {
      html.raw("<p class=\"empty\">It hangs on nothing that is ours: no condition.</p>\n");
    } else {
      html.raw("<div class=\"wide\"><table class=\"conditions\">\n");
      html.raw("<tr><th>Condition</th><th>Reason</th><th>Message</th></tr>\n");
      String where = "";
      for (Health.Judged judged : conditions) {
        if (!judged.where().equals(where)) {
          where = judged.where();
          html.raw("<tr class=\"where\"><td colspan=\"3\">").text(where).raw("</td></tr>\n");
        }
        condition(html, judged);
      }
      html.raw("</table></div>\n");
    }
    return html.raw("</section>\n").toString();
  }

  private static void condition(Html html, Health.Judged judged) {
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
