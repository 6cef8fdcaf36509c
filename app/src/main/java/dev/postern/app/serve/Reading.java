package dev.postern.app.serve;

import dev.postern.app.report.Report;
import dev.postern.gatewayapi.ResourceDelta;
import dev.postern.gatewayapi.Translation;
import dev.postern.gatewayapi.Translator;
import dev.postern.gatewayapi.explain.Explainer;
import dev.postern.gatewayapi.explain.Explanation;
import dev.postern.gatewayapi.explain.Request;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.status.ObjectStatus;
import dev.postern.provider.Provider;
import dev.postern.provider.directory.DirectoryProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The stages without a data plane: what manifests mean, read once.
public final class Reading {
  private Reading() {}

  /// Reads and judges; opens no port and leaves nothing behind.
  ///
  /// @param beside where further objects are: they count where no other has their name, and are not
  ///   judged; what cannot be read of them is a note, unless not even its object is known
  public static Report report(List<Path> paths, List<Path> beside) {
    Provider.Update own = DirectoryProvider.readOnce(paths);
    if (beside.isEmpty()) {
      Translation meaning = new Translator().apply(own.delta());
      return Report.of(
          own.findings(), meaning.findings(), meaning.statuses(), origins(own.delta()));
    }
    Provider.Update more = DirectoryProvider.readOnce(beside);
    Translation meaning = new Translator().apply(with(own.delta(), more.delta()));
    Map<ObjectRef, Origin> origins = origins(own.delta());
    List<Finding> findings = new ArrayList<>(own.findings());
    more.findings().stream()
        .filter(finding -> finding.severity() == Finding.Severity.ERROR)
        .map(finding -> finding.object().isPresent() ? note(finding) : finding)
        .forEach(findings::add);
    Map<ObjectRef, ObjectStatus> statuses = new LinkedHashMap<>(meaning.statuses());
    statuses.keySet().retainAll(origins.keySet());
    return Report.of(
        findings,
        meaning.findings().stream()
            .filter(finding -> finding.object().map(origins::containsKey).orElse(true))
            .toList(),
        statuses,
        origins);
  }

  private static Finding note(Finding error) {
    return new Finding(
        Finding.Severity.NOTE, error.object(), error.field(), error.location(), error.message());
  }

  private static ResourceDelta with(ResourceDelta own, ResourceDelta more) {
    Map<ObjectRef, Resource> all = new LinkedHashMap<>();
    own.upserts().forEach(resource -> all.put(resource.ref(), resource));
    more.upserts().forEach(resource -> all.putIfAbsent(resource.ref(), resource));
    return new ResourceDelta(List.copyOf(all.values()), List.of());
  }

  /// Reads, and explains a request, or all backends if there is none.
  public static Explained explain(List<Path> paths, Optional<Request> request) {
    Provider.Update update = DirectoryProvider.readOnce(paths);
    Translator translator = new Translator();
    translator.apply(update.delta());
    Explainer explainer = translator.explainer();
    return new Explained(
        request.map(explainer::of).orElseGet(explainer::ofAll),
        update.findings().stream()
            .filter(finding -> finding.severity() == Finding.Severity.ERROR)
            .count());
  }

  /// An explanation of what could be read.
  ///
  /// @param errors how many findings say that something is left out
  public record Explained(Explanation explanation, long errors) {}

  private static Map<ObjectRef, Origin> origins(ResourceDelta delta) {
    var origins = new HashMap<ObjectRef, Origin>();
    for (Resource resource : delta.upserts()) {
      origins.put(resource.ref(), resource.origin());
    }
    return origins;
  }
}
