package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import dev.postern.gatewayapi.load.Documents;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Migrates the Ingresses among some objects.
public final class Migrator {
  private static final Kind INGRESS = new Kind("networking.k8s.io", "Ingress");

  /// Whoever is kept out by these must stay out: without them a path is not served.
  private static final List<String> GUARDS =
      List.of(
          "auth-url",
          "auth-type",
          "auth-tls-secret",
          "whitelist-source-range",
          "allowlist-source-range",
          "denylist-source-range",
          "ssl-passthrough");

  private final MigrationOptions options;
  private final Objects objects;
  private final List<Finding> findings = new ArrayList<>();
  private final List<Judgement> judgements = new ArrayList<>();
  private final List<Ingress> ingresses = new ArrayList<>();

  private Migrator(MigrationOptions options, Documents input) {
    this.options = options;
    this.objects = new Objects(input.documents());
    this.findings.addAll(input.findings());
    Set<String> foreign = new HashSet<>();
    for (Document document : input.documents()) {
      Map<?, ?> spec = Trees.child(document.tree(), "spec");
      if (document.kind().equals("IngressClass")
          && !Trees.text(spec, "controller").startsWith("k8s.io/ingress-nginx")) {
        foreign.add(Trees.text(Trees.child(document.tree(), "metadata"), "name"));
      }
    }
    for (Document document : input.documents()) {
      if (document.kind().equals("Ingress")) {
        ingress(document, foreign);
      }
    }
    // As the controller has it: of two with the same path the older one counts.
    ingresses.sort(Comparator.comparing(Ingress::created).thenComparing(Ingress::id));
  }

  /// Never throws for what is in the input.
  public static Migration migrate(Documents input, MigrationOptions options) {
    return new Migrator(options, input).run();
  }

  private void ingress(Document document, Set<String> foreign) {
    Ingress ingress = Ingress.of(document);
    if (!document.apiVersion().equals("networking.k8s.io/v1")) {
      find(
          Severity.ERROR,
          ingress,
          "apiVersion",
          document.apiVersion() + " is not read; write it as networking.k8s.io/v1");
    } else if (ingress.name().isEmpty()) {
      find(Severity.ERROR, ingress, "metadata", "this Ingress has no name");
    } else if (foreign.contains(ingress.className())) {
      find(
          Severity.WARNING,
          ingress,
          "spec.ingressClassName",
          "the class " + ingress.className() + " is not ingress-nginx's; left alone");
    } else {
      ingresses.add(ingress);
    }
  }

  private Migration run() {
    Map<String, Set<String>> taken = new HashMap<>();
    Map<String, List<Location>> byHost = new LinkedHashMap<>();
    Map<String, String> certificates = certificates();
    for (Ingress ingress : ingresses) {
      boolean any = false;
      for (Ingress.Path path : ingress.paths()) {
        any = true;
        boolean tls = Certificates.covering(certificates.keySet(), path.host()).isPresent();
        Location at = new Location(ingress, path, objects.port(ingress.namespace(), path), tls);
        Set<String> paths = taken.computeIfAbsent(path.host(), host -> new HashSet<>());
        if (ingress.isCanary()) {
          canary(at);
        } else if (path.service().isEmpty() || at.port == 0) {
          noBackend(at);
        } else if (!isHostname(path.host())) {
          at.say(
              "host", path.host(), new Verdict.NotPossible("this is no host name", "correct it"));
          finish(at);
        } else if (!paths.add(path.type() + " " + path.path())) {
          taken(at);
        } else {
          byHost.computeIfAbsent(path.host(), host -> new ArrayList<>()).add(at);
        }
      }
      if (!any) {
        find(
            Severity.WARNING,
            ingress,
            "spec",
            "this Ingress has no path with a backend, so it becomes nothing");
        nothing(ingress);
      }
    }
    var output = new ManifestWriter(options, objects);
    byHost.forEach((host, locations) -> host(output, locations));
    judgements.addAll(output.judgements());
    findings.addAll(output.findings());
    return output.migration(certificates, judgements, findings);
  }

  private void host(ManifestWriter output, List<Location> locations) {
    boolean regex =
        locations.stream()
            .anyMatch(at ->
                at.isTrue("use-regex")
                    || (at.has("rewrite-target")
                        && !at.value("rewrite-target").equals(at.path.path())));
    Ingress first =
        locations.stream().map(at -> at.ingress).filter(this::hasCa).findFirst().orElse(null);
    HopFamily hops = new HopFamily(options, objects);
    for (Location at : locations) {
      at.regexHost = regex;
      RouteFamily.convert(at);
      guards(at);
      Hop hop = connectTimeout(at, hops.of(at, owner(at, first)));
      timeouts(at);
      output.add(at, hop);
    }
    GrpcRules.choose(locations, options.grpcRoute());
    for (Location at : locations) {
      strictTransport(at);
      finish(at);
    }
  }

  private static void timeouts(Location at) {
    for (String name : List.of("proxy-read-timeout", "proxy-send-timeout")) {
      at.different(
          name,
          "nginx gave up after so long between two reads or writes; nothing ends a slow request"
              + " now. Where one should end, add timeouts.request to the rule, which counts the"
              + " whole of a request");
    }
  }

  private static void strictTransport(Location at) {
    if (at.tls) {
      at.say(
          "hsts",
          StrictTransport.VALUE,
          new Verdict.Different(
              at.filters.containsKey("RequestRedirect") || !at.served
                  ? "answers that the gateway makes itself carry no Strict-Transport-Security, as"
                      + " they did by default in nginx"
                  : "Strict-Transport-Security is set by a ResponseHeaderModifier on HTTPS, as it was"
                      + " by default in nginx, but not on answers that the gateway makes itself; if"
                      + " the controller's ConfigMap says hsts otherwise, change the filter"));
    }
  }

  private void finish(Location at) {
    AnnotationTable.judgeTheRest(at);
    judgements.addAll(at.judgements());
  }

  private @Nullable Ingress owner(Location at, @Nullable Ingress first) {
    return at.has("proxy-ssl-secret") && (hasCa(at.ingress) || secretOf(at.ingress) == null)
        ? at.ingress
        : first;
  }

  private @Nullable Document secretOf(Ingress ingress) {
    return objects.secret(ingress.annotations().getOrDefault("proxy-ssl-secret", "").strip());
  }

  private boolean hasCa(Ingress ingress) {
    Document secret = secretOf(ingress);
    return secret != null && Objects.hasKey(secret, "ca.crt");
  }

  private static void guards(Location at) {
    for (String guard : GUARDS) {
      if (at.has(guard) && !at.value(guard).isEmpty() && !at.value(guard).equals("false")) {
        at.served = false;
        at.lost(
            guard,
            "it kept requests away from here or took them elsewhere, and is not converted",
            "the path answers 500 until you add backendRefs to its rule, with a guard of your own");
      }
    }
  }

  private Hop connectTimeout(Location at, Hop hop) {
    String text = at.value("proxy-connect-timeout");
    boolean ignored = hop.appProtocol().equals("postern.dev/fcgi");
    if (ignored) {
      at.same("proxy-connect-timeout", "nothing: nginx did not look at it with FCGI");
    } else if (options.target().isPostern() && text.equals("5")) {
      at.same("proxy-connect-timeout", "5s, as without a word");
    } else if (options.target().isPostern() && text.matches("[1-9][0-9]{0,3}")) {
      at.different(
          "proxy-connect-timeout",
          "BackendConnectionPolicy timeouts.connect "
              + text
              + "s, which counts the TLS handshake too");
      return hop.withConnectTimeout(text + "s");
    }
    return hop;
  }

  private void canary(Location at) {
    at.say(
        "canary",
        "",
        new Verdict.NotPossible(
            "canaries are not converted; all requests go to the main backend",
            "add " + at.path.service() + " with its weight to the backendRefs of the main rule"));
    finish(at);
  }

  private void noBackend(Location at) {
    at.say(
        "backend",
        at.path.service() + ":" + at.path.port(),
        at.path.service().isEmpty()
            ? new Verdict.NotPossible("this backend is no Service", "name a Service")
            : new Verdict.NotPossible(
                "the number of port '" + at.path.port() + "' is not known",
                "give the Service " + at.path.service() + " with the input, or write the number"));
    finish(at);
  }

  private void taken(Location at) {
    for (String name : at.ingress.annotations().keySet()) {
      at.same(name, "nothing: an older Ingress has this path, and nginx ignored this one");
    }
    at.say(
        "path",
        at.path.path(),
        new Verdict.Same("left out, since an older Ingress has this path, as in nginx"));
    finish(at);
  }

  private void nothing(Ingress ingress) {
    var path = new Ingress.Path("", "", "", "", "", "spec");
    Location at = new Location(ingress, path, 0, false);
    for (String name : ingress.annotations().keySet()) {
      at.same(name, "nothing, as this Ingress serves nothing");
    }
    finish(at);
  }

  /// `namespace/secret` by host.
  private Map<String, String> certificates() {
    Map<String, String> certificates = new LinkedHashMap<>();
    for (Ingress ingress : ingresses) {
      ingress
          .tls()
          .forEach((host, secret) -> {
            if (!secret.isEmpty() && isHostname(host)) {
              certificates.putIfAbsent(host, ingress.namespace() + "/" + secret);
            } else {
              find(
                  Severity.WARNING,
                  ingress,
                  "spec.tls",
                  "without a secretName nginx showed its default certificate for '"
                      + host
                      + "'; no HTTPS listener is made");
            }
          });
    }
    return certificates;
  }

  private static boolean isHostname(String host) {
    return host.isEmpty()
        || (host.length() <= 253
            && host.matches(
                "(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"));
  }

  private void find(Severity severity, Ingress ingress, String field, String message) {
    findings.add(
        new Finding(
            severity,
            Optional.of(new ObjectRef(INGRESS, ingress.namespace(), ingress.name())),
            field,
            ingress.origin().at(field),
            message));
  }
}
