package dev.postern.app.admin;

import dev.postern.app.control.Snapshot;
import dev.postern.app.report.FindingText;
import dev.postern.app.report.Judgement;
import dev.postern.app.report.Mark;
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
record Attention(Mark mark, String subject, String link, String place, List<Note> notes) {

  /// @param what a word or two, such as `ResolvedRefs False`
  /// @param message a sentence
  record Note(Mark mark, String what, String message) {}

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
        .filter(backend -> backend.mark() != Mark.GOOD)
        .forEach(backend -> all.add(of(backend)));
    StatusPage.all(snapshot).stream()
        .filter(judged -> judged.mark() != Mark.GOOD)
        .forEach(judged -> all.add(of(judged)));
    StatusPage.report(snapshot).findings().stream()
        .filter(finding -> finding.severity() != Finding.Severity.NOTE)
        .forEach(finding -> all.add(of(finding)));
    all.sort(Comparator.comparing(Attention::mark).reversed());
    return all;
  }

  private static Attention of(String subject, String link, String what, String message) {
    List<Note> notes = List.of(new Note(Mark.BAD, what, message));
    return new Attention(Mark.BAD, subject, link, "", notes);
  }

  private static Attention of(BackendHealth backend) {
    String message = String.join(" ", backend.troubles());
    return new Attention(
        backend.mark(),
        backend.view().name(),
        "/#backends",
        "",
        List.of(new Note(backend.mark(), "backend", message)));
  }

  private static Attention of(StatusPage.Judged judged) {
    Set<Note> notes = new LinkedHashSet<>();
    for (Judgement one : judged.judgements()) {
      if (one.mark() != Mark.GOOD) {
        String what = one.condition().type() + " " + one.condition().status().text();
        String message = one.condition().reason() + ". " + one.condition().message();
        notes.add(new Note(one.mark(), what, message));
      }
    }
    if (notes.isEmpty()) {
      String message = "It hangs on nothing that is ours, so it has no effect.";
      notes.add(new Note(Mark.WARNING, "unattached", message));
    }
    return new Attention(
        judged.mark(),
        judged.object().toString(),
        "/status#" + StatusPage.anchor(judged.object()),
        judged.origin().at("").orElse(""),
        List.copyOf(notes));
  }

  private static Attention of(Finding finding) {
    String place = finding.location().orElse("");
    String field = finding.field().isEmpty() ? "" : finding.field() + ": ";
    return new Attention(
        FindingText.mark(finding),
        finding.object().map(Object::toString).orElse(place),
        "/findings",
        finding.object().isPresent() ? place : "",
        List.of(
            new Note(
                FindingText.mark(finding),
                FindingText.severity(finding),
                field + finding.message())));
  }

  static Map<String, ClusterView> byName(AdminView view) {
    return view.clusters().stream()
        .collect(Collectors.toMap(ClusterView::name, Function.identity(), (a, _) -> a));
  }
}
