package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.migrate.Ingress.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is said about one location: for each subject the worst, and of equals the last.
final class Verdicts {
  private final Ingress ingress;
  private final Path path;
  private final ControllerConfig controller;
  private final Map<String, Judgement> own = new LinkedHashMap<>();
  private final Map<String, Judgement> inherited = new LinkedHashMap<>();
  private final Set<String> judged = new LinkedHashSet<>();

  Verdicts(Ingress ingress, Path path, ControllerConfig controller) {
    this.ingress = ingress;
    this.path = path;
    this.controller = controller;
  }

  /// Nothing where the Ingress has no such annotation.
  void ofAnnotation(String annotation, Verdict verdict) {
    String value = ingress.annotations().get(annotation);
    if (value == null) {
      return;
    }
    judged.add(annotation);
    String key = ingress.inherited().get(annotation);
    if (key != null) {
      ofKey(key, value, verdict);
    } else {
      put(own, here(annotation, value, verdict, ingress.lineOf(annotation)));
    }
  }

  boolean isJudged(String annotation) {
    return judged.contains(annotation);
  }

  /// About something else than an annotation.
  void of(String subject, String value, Verdict verdict) {
    Optional<String> where =
        ingress.annotations().containsKey(subject)
            ? ingress.lineOf(subject)
            : ingress.origin().at(path.field());
    put(own, here(subject, value, verdict, where));
  }

  /// About one line of a snippet.
  ///
  /// @param snippet the annotation, or the ConfigMap's key
  /// @param whose null for the controller's
  void ofLine(String snippet, @Nullable Ingress whose, String line, Verdict verdict) {
    String subject = snippet + ": " + line;
    if (whose == null) {
      put(inherited, controller.judgement(snippet, subject, line, verdict));
    } else {
      put(own, here(subject, line, verdict, whose.lineOf(snippet)));
    }
  }

  /// About a key of the controller's ConfigMap.
  void ofKey(String key, String value, Verdict verdict) {
    put(inherited, controller.judgement(key, key, value, verdict));
  }

  private Judgement here(String subject, String value, Verdict verdict, Optional<String> where) {
    return new Judgement(ingress.id(), path.host(), path.path(), subject, value, verdict, where);
  }

  private static void put(Map<String, Judgement> all, Judgement judgement) {
    all.merge(judgement.subject(), judgement, Verdicts::worse);
  }

  static Judgement worse(Judgement before, Judgement now) {
    return now.verdict().weight() >= before.verdict().weight() ? now : before;
  }

  /// About the Ingress.
  List<Judgement> own() {
    return List.copyOf(own.values());
  }

  /// About the controller's ConfigMap, as it works out here.
  List<Judgement> inherited() {
    return List.copyOf(inherited.values());
  }
}
