package dev.postern.app.admin;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// Every path and what it is for.
final class Pages {

  /// @param help one line
  record Entry(String help, Page page) {}

  /// In the order in which people read them.
  static final Map<String, Entry> ALL = all();

  private Pages() {}

  private static Map<String, Entry> all() {
    Map<String, Entry> all = new LinkedHashMap<>();
    all.put("/", new Entry("what is served and how it goes, for a browser", IndexPage::answer));
    all.put(
        "/status",
        new Entry(
            "every object's conditions (?format=yaml|json|html, ?filter=regex)",
            StatusPage::answer));
    all.put(
        "/findings",
        new Entry(
            "what a person should know about the configuration (?format=json)",
            FindingsPage::answer));
    all.put(
        "/clusters",
        new Entry("backends, endpoint by endpoint (?format=json)", ClustersPage::answer));
    all.put("/listeners", new Entry("sockets (?format=json)", ListenersPage::answer));
    all.put("/certs", new Entry("certificates that are served or trusted", CertsPage::answer));
    all.put(
        "/config_dump",
        new Entry(
            "what the data plane was told, secrets redacted"
                + " (?resource=listeners|clusters|endpoints, ?name_regex=regex)",
            ConfigDumpPage::answer));
    all.put(
        "/stats",
        new Entry(
            "counters, gauges, histograms (?filter=regex, ?usedonly, ?format=json|prometheus)",
            StatsPage::any));
    all.put("/stats/prometheus", new Entry("the same for Prometheus", StatsPage::prometheus));
    all.put("/ready", new Entry("200 when it serves, else 503", ProcessPages::ready));
    all.put("/server_info", new Entry("version, state, uptime", ProcessPages::serverInfo));
    all.put("/help", new Entry("this list", (_, _) -> Answer.text(200, help())));
    return all;
  }

  static Answer answer(Request request, AdminView view) {
    Entry entry = ALL.get(request.path());
    if (entry == null) {
      return Answer.text(404, "There is no such page. Those are here:\n" + help());
    }
    return entry.page.answer(request, view);
  }

  static String help() {
    StringBuilder help = new StringBuilder("admin commands are:\n");
    Iterator<Map.Entry<String, Entry>> entries = ALL.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, Entry> entry = entries.next();
      help.append("  ").append(entry.getKey()).append(": ");
      help.append(entry.getValue().help()).append('\n');
    }
    return help.toString();
  }
}
