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
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// An object, listener or backend that somebody should look at now.
///
/// @param link into these pages
/// @param place `file:line`; empty when unknown
/// @param notes what is the matter with it
record Attention(Health health, String subject, String link, String place, List<Note> notes) {

  /// @param what a word or two, such as `ResolvedRefs False`
  /// @param message a sentence
  record Note(Health health, String what, String message) {}

  /// Everything there is, the worst first.
  static List<Attention> all(AdminView view) {
    Snapshot snapshot = view.snapshot();
    List<Attention> all = new ArrayList<>();
    new TreeMap<>(snapshot.listenerErrors())
        .forEach((name, error) -> all.add(of(name, "/listeners", "not bound", error)));
    Map<String, ClusterView> views = byName(view);
    snapshot.translation().ir().clusters().values().stream()
        .sorted(Comparator.comparing(Cluster::name))
        .map(cluster -> BackendHealth.of(cluster, views, view.stats()))
        .filter(backend -> backend.health() != Health.OK)
        .forEach(backend -> all.add(of(backend)));
    StatusPage.all(snapshot).stream()
        .filter(judged -> judged.health() != Health.OK)
        .forEach(judged -> all.add(of(judged, snapshot)));
    FindingsPage.all(snapshot).stream()
        .filter(finding -> finding.severity() != Finding.Severity.NOTE)
        .forEach(finding -> all.add(of(finding)));
    all.sort(Comparator.comparing(Attention::health).reversed());
    return all;
  }

  private static Attention of(String subject, String link, String what, String message) {
    List<Note> notes = List.of(new Note(Health.BAD, what, message));
    return new Attention(Health.BAD, subject, link, "", notes);
  }

  private static Attention of(BackendHealth backend) {
    String message = String.join(" ", backend.troubles());
    return new Attention(
        backend.health(),
        backend.view().name(),
        "/#backends",
        "",
        List.of(new Note(backend.health(), "backend", message)));
  }

  private static Attention of(StatusPage.Judged judged, Snapshot snapshot) {
    Set<Note> notes = new LinkedHashSet<>();
    for (Health.Judged one : Health.conditions(judged.status())) {
      if (one.health() != Health.OK) {
        String what = one.condition().type() + " " + one.condition().status().text();
        String message = one.condition().reason() + ". " + one.condition().message();
        notes.add(new Note(one.health(), what, message));
      }
    }
    if (notes.isEmpty()) {
      String message = "It hangs on nothing that is ours, so it has no effect.";
      notes.add(new Note(Health.WARN, "unattached", message));
    }
    return new Attention(
        judged.health(),
        judged.object().toString(),
        "/status#" + StatusPage.anchor(judged.object()),
        snapshot.origin(judged.object()).at("").orElse(""),
        List.copyOf(notes));
  }

  private static Attention of(Finding finding) {
    boolean error = finding.severity() == Finding.Severity.ERROR;
    Health health = error ? Health.BAD : Health.WARN;
    String place = finding.location().orElse("");
    String field = finding.field().isEmpty() ? "" : finding.field() + ": ";
    return new Attention(
        health,
        finding.object().map(Object::toString).orElse(place),
        "/findings",
        finding.object().isPresent() ? place : "",
        List.of(new Note(health, error ? "error" : "warning", field + finding.message())));
  }

  static Map<String, ClusterView> byName(AdminView view) {
    return view.clusters().stream()
        .collect(Collectors.toMap(ClusterView::name, Function.identity(), (a, _) -> a));
  }
}
