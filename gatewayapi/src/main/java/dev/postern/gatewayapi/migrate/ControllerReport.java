package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What became of the controller's ConfigMap: one verdict for each key, the worst that it came to
/// at any path, and how many paths these are.
final class ControllerReport {
  private ControllerReport() {}

  static List<Judgement> of(ControllerConfig controller, List<Location> locations, Target target) {
    Map<String, Judgement> bySubject = new LinkedHashMap<>();
    Map<String, Integer> paths = new LinkedHashMap<>();
    for (Location at : locations) {
      for (Judgement judgement : at.verdicts().inherited()) {
        bySubject.merge(judgement.subject(), judgement, Verdicts::worse);
        paths.merge(judgement.subject(), 1, Integer::sum);
      }
    }
    ControllerSnippets.judge(controller)
        .forEach((subject, verdict) -> {
          String key = subject.substring(0, subject.indexOf(':'));
          String line = subject.substring(key.length() + 2);
          bySubject.put(subject, controller.judgement(key, subject, line, verdict));
        });
    controller
        .data()
        .forEach((key, value) -> {
          if (!bySubject.containsKey(key)) {
            Verdict verdict =
                ControllerTable.annotation(key).isEmpty()
                    ? ControllerTable.judge(key, value.strip(), controller, target)
                    : new Verdict.Same("nothing: it is empty, or every Ingress says it for itself");
            bySubject.put(key, controller.judgement(key, key, value, verdict));
          }
        });
    List<Judgement> judgements = new ArrayList<>();
    Set<String> ordered = new LinkedHashSet<>(controller.data().keySet());
    ordered.addAll(bySubject.keySet());
    for (String subject : ordered) {
      Judgement judgement = bySubject.get(subject);
      if (judgement != null) {
        int count = paths.getOrDefault(subject, 0);
        judgements.add(count == 0 ? judgement : counted(judgement, count));
      }
    }
    return judgements;
  }

  private static Judgement counted(Judgement judgement, int count) {
    String words = " (at " + count + (count == 1 ? " path)" : " paths)");
    Verdict verdict =
        switch (judgement.verdict()) {
          case Verdict.Same(String became) -> new Verdict.Same(became + words);
          case Verdict.Different(String how) -> new Verdict.Different(how + words);
          case Verdict.NotPossible(String why, String whatToDo) ->
              new Verdict.NotPossible(why + words, whatToDo);
        };
    return new Judgement(
        judgement.ingress(),
        judgement.host(),
        judgement.path(),
        judgement.subject(),
        judgement.value(),
        verdict,
        judgement.location());
  }
}
