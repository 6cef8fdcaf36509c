package dev.postern.app.report;

import dev.postern.app.probe.Advice;
import java.util.Map;

/// The manifests that a probe advises, ready for `kubectl apply -f -`; what is no manifest is a
/// comment.
public final class ProbeManifests {
  private ProbeManifests() {}

  /// Comments alone where there is nothing to apply.
  public static String of(Advice advice) {
    var out = new StringBuilder();
    if (advice.patch().isPresent()) {
      out.append(
          "# The Service exists, and applying a part of it would take its other fields away."
              + " Patch it:\n");
      out.append("# ").append(advice.patch().get()).append('\n');
    }
    if (advice.patch().isEmpty() && advice.objects().isEmpty()) {
      out.append("# Nothing to apply:\n");
      for (Advice.Step step : advice.steps()) {
        out.append("# - ").append(step.text()).append('\n');
      }
    }
    for (Map<String, Object> object : advice.objects()) {
      out.append("---\n").append(YamlText.of(object));
    }
    return out.toString();
  }
}
