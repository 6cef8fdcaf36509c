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
    var classes = new IngressClasses(input.documents());
    for (Document document : input.documents()) {
      if (document.kind().equals("Ingress")) {
        ingress(document, classes);
      }
    }
    // As the controller has it: of two with the same path the older one counts.
    ingresses.sort(Comparator.comparing(Ingress::created).thenComparing(Ingress::id));
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
    Map<String, String> certificates = certificates();
    Map<String, Set<String>> taken = new HashMap<>();
    for (Ingress ingress : ingresses) {
      for (Ingress.Path path : ingress.paths()) {
        boolean tls = Certificates.covering(certificates.keySet(), path.host()).isPresent();
        int port = objects.port(ingress.namespace(), path);
        place(
            new Location(ingress, path, port, tls, controller, options.target()),
            taken.computeIfAbsent(path.host(), host -> new HashSet<>()));
      }
      if (ingress.paths().isEmpty()) {
        nothing(ingress);
      }
    }
    ingresses.forEach(this::withoutPaths);
    ingresses.forEach(ingress -> ofIngresses.addAll(others.of(ingress)));
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
    return output.migration(certificates, clients.authority(), judgements, findings);
  }

  private void place(Location at, Set<String> taken) {
    done.add(at);
    Ingress.Path path = at.path;
    if (path.service().isEmpty() || (at.port == 0 && at.ingress.isCanary())) {
      noBackend(at);
    } else if (!path.host().isEmpty() && !Aliases.isHost(path.host())) {
      at.say("host", path.host(), new Verdict.NotPossible("this is no host name", "correct it"));
    } else if (at.ingress.isCanary()) {
      canaries.add(at);
    } else if (!taken.add(path.type() + " " + path.path())) {
      taken(at);
    } else {
      byHost.computeIfAbsent(path.host(), host -> new ArrayList<>()).add(at);
      if (!at.asksNobody) {
        backend(at);
      }
    }
  }

  private void canary(Location at) {
    Optional<Location> main = mainOf(at);
    if (main.isEmpty() || !main.get().asksNobody) {
      missing.backend(at);
    }
    CanaryFamily.convert(at, main);
  }

  private Optional<Location> mainOf(Location canary) {
    return byHost.getOrDefault(canary.path.host(), List.of()).stream()
        .filter(at ->
            at.path.path().equals(canary.path.path()) && at.path.type().equals(canary.path.type()))
        .findFirst();
  }

  private void backend(Location at) {
    if (at.port == 0) {
      noBackend(at);
    } else {
      missing.backend(at);
    }
  }

  private void noBackend(Location at) {
    at.say(
        "backend",
        at.path.service() + ":" + at.path.port(),
        at.path.service().isEmpty()
            ? new Verdict.NotPossible("this backend is no Service", "name a Service")
            : portUnknown(at));
    for (String name : at.ingress.annotations().keySet()) {
      at.same(name, "nothing, as the path has no backend");
    }
  }

  private Verdict portUnknown(Location at) {
    String service = at.path.service();
    Document found = objects.service(at.ingress.namespace() + "/" + service);
    if (found != null) {
      return new Verdict.NotPossible(
          "the Service has no port called '"
              + at.path.port()
              + (Objects.isExternalName(found)
                  ? "'; the path answers 500"
                  : "': nginx answered 503, and the path answers 500"),
          "correct the port in the Ingress or in the Service, and migrate again");
    }
    return new Verdict.NotPossible(
        "the number of port '" + at.path.port() + "' is not known; the path answers 500",
        "give the Service " + service + " with the input, or write the number");
  }

  private static void taken(Location at) {
    for (String name : at.ingress.annotations().keySet()) {
      at.same(name, "nothing: an older Ingress has this path, and nginx ignored this one");
    }
    at.say(
        "path",
        at.path.path(),
        new Verdict.Same("left out, since an older Ingress has this path, as in nginx"));
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

  /// `namespace/secret` by host.
  private Map<String, String> certificates() {
    Map<String, String> certificates = new LinkedHashMap<>();
    for (Ingress ingress : ingresses) {
      ingress
          .tls()
          .forEach((host, secret) -> {
            if (!secret.isEmpty() && (host.isEmpty() || Aliases.isHost(host))) {
              certificates.putIfAbsent(host, ingress.namespace() + "/" + secret);
            }
            if (!GoBool.isTrue(ingress.annotations().getOrDefault("ssl-passthrough", ""))) {
              missing
                  .certificate(ingress, host, secret)
                  .ifPresent(verdict -> ofIngresses.add(tls(ingress, host, secret, verdict)));
            }
          });
    }
    return certificates;
  }

  private static Judgement tls(Ingress ingress, String host, String secret, Verdict verdict) {
    return new Judgement(
        ingress.id(), host, "", "tls", secret, verdict, ingress.origin().at("spec.tls"));
  }

  /// Rules that only name a host, for which nginx answered 404 by its default backend.
  private void withoutPaths(Ingress ingress) {
    if (ingress.paths().isEmpty()) {
      return;
    }
    for (Ingress.Path rule : ingress.unserved()) {
      String host = rule.host();
      if (byHost.containsKey(host)) {
        continue;
      }
      String above = above(host);
      String words =
          "this rule has no http, so that nginx answered 404 for '"
              + host
              + "' by its default backend";
      if (byHost.containsKey(above)) {
        ofIngresses.add(
            new Judgement(
                ingress.id(),
                host,
                "",
                "rule",
                "",
                new Verdict.Different(
                    words
                        + "; now the host's requests go where those of '"
                        + above
                        + "' go. Add its paths, or remove the rule"),
                ingress.origin().at(rule.field())));
      } else {
        findings.add(
            Severity.WARNING,
            ingress,
            rule.field(),
            words + ", and the gateway answers 404, too. Add its paths, or remove the rule");
      }
    }
  }

  /// The longest wildcard that is served and takes a host, whose place may have several labels;
  /// empty for none.
  private String above(String host) {
    for (int dot = host.indexOf('.', 1); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      String wildcard = "*" + host.substring(dot);
      if (byHost.containsKey(wildcard)) {
        return wildcard;
      }
    }
    return "";
  }
}
