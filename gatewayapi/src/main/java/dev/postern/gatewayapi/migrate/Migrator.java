package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import dev.postern.gatewayapi.load.Documents;
import dev.postern.gatewayapi.resource.Finding.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Migrates the Ingresses among some objects.
public final class Migrator {
  private final MigrationOptions options;
  private final Objects objects;
  private final ControllerConfig controller;
  private final Findings findings;
  private final MissingObjects missing;
  private final BackendVerdicts backends;
  private final List<Judgement> ofIngresses = new ArrayList<>();
  private final List<Ingress> ingresses = new ArrayList<>();
  private final List<Location> canaries = new ArrayList<>();
  private final List<Location> done = new ArrayList<>();
  private final Map<String, List<Location>> byHost = new LinkedHashMap<>();

  private Migrator(MigrationOptions options, Documents input) {
    this.options = options;
    this.objects = new Objects(input.documents());
    this.findings = new Findings(input.findings());
    this.controller = ControllerConfig.among(input.documents(), options, findings);
    this.missing = new MissingObjects(objects);
    this.backends = new BackendVerdicts(objects, missing);
    var classes = new IngressClasses(input.documents());
    for (Document document : input.documents()) {
      if (document.kind().equals("Ingress")) {
        ingress(document, classes);
      }
    }
    // As the controller has it: of two with the same path the older one counts.
    ingresses.sort(Comparator.comparing(Ingress::created).thenComparing(Ingress::id));
    classes
        .several(ingresses)
        .ifPresent(words ->
            ingresses.stream()
                .filter(ingress -> !ingress.className().isEmpty())
                .forEach(ingress -> of(ingress, "class", ingress.className(), words)));
  }

  /// Never throws for what is in the input.
  public static Migration migrate(Documents input, MigrationOptions options) {
    return migrate(input, options, MigrationProgress.NOBODY);
  }

  /// The same, and tells how far it has come.
  public static Migration migrate(
      Documents input, MigrationOptions options, MigrationProgress progress) {
    return new Migrator(options, input).run(progress);
  }

  private void ingress(Document document, IngressClasses classes) {
    Ingress ingress = Ingress.of(document, controller);
    if (!document.apiVersion().equals("networking.k8s.io/v1")) {
      findings.add(
          Severity.ERROR,
          ingress,
          "apiVersion",
          document.apiVersion() + " is not read; write it as networking.k8s.io/v1");
    } else if (ingress.name().isEmpty()) {
      findings.add(Severity.ERROR, ingress, "metadata", "this Ingress has no name");
    } else {
      ofClass(ingress, classes.of(ingress));
    }
  }

  private void ofClass(Ingress ingress, IngressClasses.Fate fate) {
    switch (fate) {
      case IngressClasses.Converted(var doubt) -> {
        doubt.ifPresent(words -> of(ingress, "class", ingress.className(), words));
        ingresses.add(ingress);
      }
      case IngressClasses.LeftAlone(String why, boolean doubt) -> {
        if (doubt) {
          of(ingress, "class", ingress.className(), why);
        } else {
          findings.add(Severity.WARNING, ingress, "spec.ingressClassName", why);
        }
      }
    }
  }

  /// About the whole of an Ingress.
  private void of(Ingress ingress, String subject, String value, String how) {
    ofIngresses.add(
        new Judgement(
            ingress.id(),
            "",
            "",
            subject,
            value,
            new Verdict.Different(how),
            ingress.origin().at("spec.ingressClassName")));
  }

  private Migration run(MigrationProgress progress) {
    var others = new OtherAnnotations(options);
    var certificates = HostCertificates.of(ingresses, missing);
    ofIngresses.addAll(certificates.judgements());
    Map<String, Set<String>> taken = new HashMap<>();
    var aliases = new Aliases(ingresses);
    var fallbacks = new Fallbacks(ingresses);
    for (Ingress ingress : ingresses) {
      for (Ingress.Path path : ingress.paths()) {
        boolean tls =
            Certificates.covering(certificates.byHost().keySet(), path.host()).isPresent();
        int port = objects.port(ingress.namespace(), path);
        Location at = new Location(ingress, path, port, tls, controller, options.target());
        Optional<String> without = fallbacks.without(ingress, path);
        if (without.isPresent()) {
          done.add(at);
          leftOut(at, without.get());
        } else {
          place(at, taken.computeIfAbsent(path.host(), host -> new HashSet<>()));
        }
      }
      if (ingress.paths().isEmpty()) {
        nothing(ingress);
      }
    }
    ingresses.forEach(new UnservedRules(byHost.keySet(), ofIngresses, findings)::judge);
    ingresses.forEach(ingress -> ofIngresses.addAll(others.of(ingress)));
    // They are the host's, whatever became of the path.
    done.stream().filter(at -> !at.ingress.isCanary()).forEach(aliases::convert);
    canaries.forEach(this::canary);
    var output = new ManifestWriter(options, controller, objects);
    var clients = new ClientCertificates(byHost, objects);
    var hosts = new HostMigration(options, objects, byHost.keySet(), output, clients);
    int converted = 0;
    for (Map.Entry<String, List<Location>> host : byHost.entrySet()) {
      progress.at("hosts", converted++, byHost.size());
      hosts.convert(host.getKey(), host.getValue());
    }
    output.judgeCertificate();
    List<Judgement> judgements = new ArrayList<>();
    done.forEach(AnnotationTable::judgeTheRest);
    judgements.addAll(ControllerReport.of(controller, done, options.target()));
    judgements.addAll(ofIngresses);
    done.forEach(at -> judgements.addAll(at.verdicts().own()));
    findings.addAll(missing.notes());
    findings.addAll(others.notes());
    return output.migration(certificates.byHost(), clients.authority(), judgements, findings);
  }

  private void place(Location at, Set<String> taken) {
    done.add(at);
    Ingress.Path path = at.path;
    if (path.service().isEmpty() || (at.port == 0 && at.ingress.isCanary())) {
      backends.none(at);
    } else if (!path.host().isEmpty() && !Aliases.isHost(path.host())) {
      at.say("host", path.host(), new Verdict.NotPossible("this is no host name", "correct it"));
    } else if (at.ingress.isCanary()) {
      canaries.add(at);
    } else if (!taken.add(path.type() + " " + path.path())) {
      leftOut(at, "an older Ingress has this path");
    } else {
      byHost.computeIfAbsent(path.host(), host -> new ArrayList<>()).add(at);
      if (!at.asksNobody) {
        backends.judge(at);
      }
    }
  }

  private void canary(Location at) {
    Optional<Location> main = mainOf(at);
    if (main.isEmpty() || !main.get().asksNobody) {
      backends.judge(at);
    }
    CanaryFamily.convert(at, main);
  }

  private Optional<Location> mainOf(Location canary) {
    return byHost.getOrDefault(canary.path.host(), List.of()).stream()
        .filter(at ->
            at.path.path().equals(canary.path.path()) && at.path.type().equals(canary.path.type()))
        .findFirst();
  }

  private static void leftOut(Location at, String why) {
    for (String name : at.ingress.annotations().keySet()) {
      at.same(name, "nothing: " + why + ", and nginx ignored this one");
    }
    at.say("path", at.path.path(), new Verdict.Same("left out, as in nginx: " + why));
  }

  private void nothing(Ingress ingress) {
    findings.add(
        Severity.WARNING,
        ingress,
        "spec",
        "this Ingress has no path with a backend, so it becomes nothing");
    var path = new Ingress.Path("", "", "", "", "", "spec");
    Location at = new Location(ingress, path, 0, false, controller, options.target());
    for (String name : ingress.annotations().keySet()) {
      at.same(name, "nothing, as this Ingress serves nothing");
    }
    done.add(at);
  }
}
