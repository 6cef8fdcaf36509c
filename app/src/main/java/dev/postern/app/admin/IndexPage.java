package dev.postern.app.admin;

import dev.postern.app.control.Snapshot;
import dev.postern.app.report.Mark;
import dev.postern.gatewayapi.resource.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// `/`: what is served and how it goes, at a glance, for a browser.
final class IndexPage {
  /// Rows of one table; the pages behind it have all.
  private static final int MOST = 50;

  private IndexPage() {}

  static Answer answer(Request request, AdminView view) {
    Snapshot snapshot = view.snapshot();
    List<StatusPage.Judged> objects = StatusPage.all(snapshot);
    List<Attention> attention = Attention.all(view);
    return Answer.html(
        Stream.<Supplier<String>>of(
                () -> Frame.head(view, "Admin"),
                () -> verdict(view, objects, attention),
                () -> attention(attention),
                () -> IndexTables.listeners(view, MOST),
                () -> objects("Gateways", objects, one -> one.object().kind().equals(Kind.GATEWAY)),
                () -> objects("Routes", objects, IndexPage::isRoute),
                () -> objects("Policies", objects, IndexPage::isPolicy),
                () -> IndexTables.backends(view, MOST),
                IndexPage::pages,
                Frame::foot)
            .map(Supplier::get)
            .iterator());
  }

  private static boolean isRoute(StatusPage.Judged one) {
    return one.object().kind().kind().endsWith("Route");
  }

  private static boolean isPolicy(StatusPage.Judged one) {
    return one.object().kind().kind().endsWith("Policy");
  }

  private static String verdict(
      AdminView view, List<StatusPage.Judged> objects, List<Attention> attention) {
    Snapshot snapshot = view.snapshot();
    long routes = objects.stream().filter(IndexPage::isRoute).count();
    long wrong = attention.stream().filter(one -> one.mark() == Mark.BAD).count();
    long odd = attention.size() - wrong;
    Html html = new Html();
    html.raw("<h1 class=\"verdict ");
    if (snapshot.version() == 0) {
      html.raw("warn\">Nothing read yet");
    } else if (wrong > 0) {
      html.raw("bad\">").text(count(wrong, "thing is wrong", "things are wrong"));
      html.text(odd > 0 ? ", " + count(odd, "more to look at", "more to look at") : "");
    } else if (odd > 0) {
      html.raw("warn\">").text(count(odd, "thing to look at", "things to look at"));
    } else {
      html.raw("ok\">All is well");
    }
    html.raw("</h1>\n<p class=\"facts\">");
    html.text("Postern " + view.version() + ", up for " + age(view.startTime()) + ". ");
    if (snapshot.version() > 0) {
      html.text(
          "Configuration " + snapshot.version() + ", in effect for " + age(snapshot.at()) + ": ");
      html.text(count(snapshot.translation().ir().listeners().size(), "socket", "sockets") + ", ");
      html.text(count(routes, "route", "routes") + ", ");
      html.text(count(snapshot.translation().ir().clusters().size(), "backend", "backends") + ".");
    }
    return html.raw("</p>\n").toString();
  }

  static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  private static String age(Instant since) {
    Duration age = Duration.between(since, Instant.now()).truncatedTo(ChronoUnit.SECONDS);
    if (age.toDays() > 0) {
      return age.toDays() + " d " + age.toHoursPart() + " h";
    }
    if (age.toHours() > 0) {
      return age.toHours() + " h " + age.toMinutesPart() + " min";
    }
    return age.toMinutes() > 0
        ? age.toMinutes() + " min " + age.toSecondsPart() + " s"
        : Math.max(0, age.toSeconds()) + " s";
  }

  private static String attention(List<Attention> attention) {
    if (attention.isEmpty()) {
      return "";
    }
    Html html = new Html();
    html.raw("<ul class=\"attention\">\n");
    attention.stream().limit(MOST).forEach(one -> attention(html, one));
    html.raw("</ul>\n");
    return html + more(attention.size(), "<a href=\"/status\">status</a>");
  }

  private static void attention(Html html, Attention one) {
    html.raw("<li class=\"").raw(Frame.css(one.mark())).raw("\">");
    Frame.mark(html, one.mark());
    html.raw("<div><a class=\"name\" href=\"").text(one.link()).raw("\">").text(one.subject());
    html.raw("</a> <span class=\"origin\">").text(one.place()).raw("</span>");
    for (Attention.Note note : one.notes()) {
      html.raw("<p><span class=\"pill ").raw(Frame.css(note.mark())).raw("\">");
      html.text(note.what()).raw("</span> ").text(note.message()).raw("</p>");
    }
    html.raw("</div></li>\n");
  }

  /// @param where markup
  static String more(int size, String where) {
    return size <= MOST
        ? ""
        : "<p class=\"more\">and " + (size - MOST) + " more, see " + where + "</p>\n";
  }

  private static String objects(
      String title, List<StatusPage.Judged> objects, Predicate<StatusPage.Judged> which) {
    List<StatusPage.Judged> found =
        objects.stream()
            .filter(which)
            .sorted(Comparator.comparing(StatusPage.Judged::mark).reversed())
            .toList();
    Html html = new Html();
    html.raw("<section>\n<h2>").text(title);
    html.raw(" <span class=\"count\">").number(found.size()).raw("</span></h2>\n");
    if (found.isEmpty()) {
      return html.raw("<p class=\"empty\">None.</p>\n</section>\n").toString();
    }
    html.raw("<div class=\"wide\"><table class=\"three\">\n");
    found.stream().limit(MOST).forEach(one -> IndexTables.object(html, one));
    html.raw("</table></div>\n");
    return html + more(found.size(), "<a href=\"/status\">status</a>") + "</section>\n";
  }

  private static String pages() {
    Html html = new Html();
    html.raw("<section>\n<h2>Pages</h2>\n<dl class=\"pages\">\n");
    Pages.ALL.forEach((path, entry) -> {
      html.raw("<dt><a href=\"").text(path).raw("\">").text(path).raw("</a></dt><dd>");
      html.text(entry.help()).raw("</dd>\n");
    });
    html.raw("</dl>\n<form action=\"/stats\" class=\"find\">");
    html.raw(
        "<label>Stats whose name matches <input name=\"filter\" placeholder=\"ssl\"></label> ");
    html.raw("<label><input type=\"checkbox\" name=\"usedonly\"> not 0</label> ");
    return html.raw("<button>Show</button></form>\n</section>\n").toString();
  }
}
