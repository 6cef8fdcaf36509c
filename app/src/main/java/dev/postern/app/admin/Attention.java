package dev.postern.app.admin;

import dev.postern.app.control.Snapshot;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.ir.Cluster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What somebody should look at now, the worst first.
///
/// @param subject the object, listener or cluster
/// @param link into these pages; empty for none
/// @param what a word or two, such as `ResolvedRefs False`
/// @param message a sentence
record Attention(Health health, String subject, String link, String what, String message) {

  /// Everything there is.
  static List<Attention> all(AdminView view) {
    Snapshot snapshot = view.snapshot();
    List<Attention> all = new ArrayList<>();
    snapshot
        .listenerErrors()
        .forEach((name, error) ->
            all.add(new Attention(Health.BAD, name, "/listeners", "not bound", error)));
    StatusPage.all(snapshot).forEach(judged -> conditions(judged, all));
    FindingsPage.all(snapshot).stream()
        .filter(finding -> finding.severity() != Finding.Severity.NOTE)
        .forEach(finding -> all.add(of(finding)));
    clusters(view, all);
    all.sort(Comparator.comparing(Attention::health).reversed());
    return all;
  }

  private static void conditions(StatusPage.Judged judged, List<Attention> all) {
    String subject = judged.object().toString();
    String link = "/status#" + StatusPage.anchor(judged.object());
    List<Health.Judged> conditions = Health.conditions(judged.status());
    if (conditions.isEmpty()) {
      String message = "It hangs on nothing that is ours, so it has no effect.";
      all.add(new Attention(Health.WARN, subject, link, "unattached", message));
    }
    Set<Attention> found = new LinkedHashSet<>();
    for (Health.Judged one : conditions) {
      if (one.health() != Health.OK) {
        String what = one.condition().type() + " " + one.condition().status().text();
        String message = one.condition().reason() + ". " + one.condition().message();
        found.add(new Attention(one.health(), subject, link, what, message));
      }
    }
    all.addAll(found);
  }

  private static Attention of(Finding finding) {
    boolean error = finding.severity() == Finding.Severity.ERROR;
    String place = finding.location().orElse("");
    String object = finding.object().map(Object::toString).orElse(place);
    String field = finding.field().isEmpty() ? "" : finding.field() + ": ";
    String where = object.equals(place) || place.isEmpty() ? "" : " (" + place + ")";
    return new Attention(
        error ? Health.BAD : Health.WARN,
        object,
        "/findings",
        error ? "error" : "warning",
        field + finding.message() + where);
  }

  private static void clusters(AdminView view, List<Attention> all) {
    Map<String, ClusterView> views = byName(view);
    view.snapshot().translation().ir().clusters().values().stream()
        .sorted(Comparator.comparing(Cluster::name))
        .forEach(cluster -> {
          BackendHealth health = BackendHealth.of(cluster, views, view.stats());
          if (health.health() != Health.OK) {
            all.add(
                new Attention(
                    health.health(),
                    cluster.name(),
                    "/stats?filter=" + "cluster\\." + cluster.name() + "\\.&usedonly",
                    "backend",
                    String.join(" ", health.troubles())));
          }
        });
  }

  static Map<String, ClusterView> byName(AdminView view) {
    return view.clusters().stream()
        .collect(Collectors.toMap(ClusterView::name, Function.identity(), (a, _) -> a));
  }
}
