package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All locations of one host: what nginx made of them together.
final class HostMigration {
  private final MigrationOptions options;
  private final Objects objects;
  private final Set<String> hosts;
  private final ManifestWriter output;
  private final ClientCertificates clients;
  private final BackendSecrets secrets;

  /// @param hosts all that some Ingress serves
  HostMigration(
      MigrationOptions options,
      Objects objects,
      Set<String> hosts,
      ManifestWriter output,
      ClientCertificates clients) {
    this.options = options;
    this.objects = objects;
    this.hosts = hosts;
    this.output = output;
    this.clients = clients;
    this.secrets = new BackendSecrets(objects);
  }

  void convert(String host, List<Location> locations) {
    if (!host.isEmpty() && locations.stream().anyMatch(at -> at.isTrue("ssl-passthrough"))) {
      passThrough(host, locations);
      return;
    }
    boolean regex =
        locations.stream().anyMatch(at -> at.isTrue("use-regex") || PathFamily.rewrites(at));
    Map<Location, Location> hidden = regex ? NginxOrder.hidden(locations) : Map.of();
    hidden.forEach(HostMigration::hide);
    List<Location> live = locations.stream().filter(at -> !hidden.containsKey(at)).toList();
    Ingress first =
        locations.stream().map(at -> at.ingress).filter(this::hasCa).findFirst().orElse(null);
    HopFamily hops = new HopFamily(options, objects, secrets);
    SnippetFamily snippets = new SnippetFamily(locations);
    for (Location at : live) {
      at.regexHost = regex;
      if (at.port == 0 && !at.asksNobody) {
        // It keeps its path, so that a shorter one of the host does not take the requests.
        PathFamily.convert(at);
        RewriteFamily.convert(at);
        output.close(at);
        continue;
      }
      at.same("ssl-passthrough", "nothing, as it is not true, or there is no host");
      wildcard(at);
      PathFamily.convert(at);
      RewriteFamily.convert(at);
      HeaderFamily.convert(at, objects);
      RedirectFamily.convert(at);
      CorsFamily.convert(at);
      CanaryFamily.without(at);
      MirrorFamily.convert(at);
      SessionFamily.convert(at);
      TrafficFamily.convert(at);
      HashFamily.convert(at);
      LegacyFamily.convert(at);
      Ingress owner = owner(at, first);
      snippets.convert(at, owner != null);
      ClientFields.remove(at);
      Guards.close(at, clients);
      output.add(at);
      if (at.asksNobody && !(secrets.of(at.ingress) instanceof BackendSecret.Refused)) {
        HopFamily.ignored(at, "nothing: nginx sent clients elsewhere and asked no backend");
      } else {
        hops.of(at, owner)
            .map(hop -> TimeoutFamily.convert(at, hop))
            .ifPresent(hop -> output.reach(at, hop));
      }
    }
    PathOrder.settle(live);
    AppRoots.convert(locations, live);
    DefaultCertificate.judge(host, locations, live);
    www(host, locations);
    GrpcRules.choose(live, options.grpcRoute());
    live.forEach(HostMigration::strictTransport);
  }

  /// The expression of a wildcard's server_name is `[\\w-]+` (buildServerName of the controller).
  private static void wildcard(Location at) {
    String host = at.path.host();
    if (host.startsWith("*.")) {
      at.say(
          "host",
          host,
          new Verdict.Different(
              "a.b" + host.substring(1) + " comes here, too: nginx took one label for the *"));
    }
  }

  private static void hide(Location at, Location by) {
    String why =
        "nothing: nginx tried " + by.path.path() + " before it, which takes all of its paths";
    at.ingress.annotations().keySet().stream()
        .filter(name -> !name.equals("server-alias") && !name.equals("app-root"))
        .forEach(name -> at.same(name, why));
    PathFamily.different(at, new Verdict.Same(why.replace("nothing", "left out")));
  }

  /// nginx handed the TLS of the host to the backend of its root path and looked at nothing else.
  private void passThrough(String host, List<Location> locations) {
    Optional<Location> root =
        locations.stream().filter(at -> at.path.path().equals("/") && at.port > 0).findFirst();
    boolean guarded = locations.stream().anyMatch(Guards::any);
    for (Location at : locations) {
      for (String name : at.ingress.annotations().keySet()) {
        at.same(name, "nothing: of a host with ssl-passthrough nginx sees the server name alone");
      }
      if (root.isEmpty()) {
        at.lost(
            "ssl-passthrough",
            "nginx passed TLS through to the backend of the path / alone, and "
                + host
                + " has none",
            "add a path / with the backend that ends TLS");
      } else if (guarded) {
        at.lost(
            "ssl-passthrough",
            "something keeps requests away from this host, which nginx looked at unless it ran with"
                + " --enable-ssl-passthrough; the host is not served",
            "remove either ssl-passthrough or the guard, and migrate again");
      } else {
        at.different(
            "ssl-passthrough",
            "a TLSRoute at a listener that passes TLS through; requests in plaintext are sent to"
                + " https. nginx did so with --enable-ssl-passthrough alone"
                + (locations.getFirst().isTrue("ssl-passthrough")
                    ? ""
                    : ", and before 1.13.8, 1.14.4 and 1.15 not at all where the host's oldest"
                        + " Ingress does not say it, as here"));
        if (root.get() != at) {
          at.say(
              "path",
              at.path.path(),
              new Verdict.Different(
                  "not looked at: all TLS goes to the backend of /, as in nginx"));
        }
      }
    }
    root.filter(at -> !guarded).ifPresent(output::passThrough);
  }

  private void www(String host, List<Location> locations) {
    String other = host.startsWith("www.") ? host.substring(4) : "www." + host;
    boolean made = false;
    for (Location at : locations) {
      if (!at.isTrue("from-to-www-redirect") || host.isEmpty() || host.startsWith("*")) {
        at.same("from-to-www-redirect", "nothing, as it is not true, or no host can have www.");
      } else if (hosts.contains(other)) {
        at.same("from-to-www-redirect", "nothing: " + other + " is served by itself, as in nginx");
      } else {
        if (!made) {
          output.redirect(other, host, at);
          made = true;
        }
        if (at.tls) {
          at.different(
              "from-to-www-redirect",
              "RequestRedirect from "
                  + other
                  + ", for https if the certificate of "
                  + host
                  + " holds for it too");
        } else {
          at.same("from-to-www-redirect", "RequestRedirect from " + other);
        }
      }
    }
  }

  private static void strictTransport(Location at) {
    if (!at.tls || at.controller.hsts().value().isEmpty()) {
      return;
    }
    at.say(
        "hsts",
        at.controller.hsts().value(),
        new Verdict.Different(
            at.filters.containsKey("RequestRedirect") || !at.served
                ? "answers that the gateway makes itself carry no Strict-Transport-Security, as"
                    + " they did in nginx"
                : "Strict-Transport-Security is set by a ResponseHeaderModifier on HTTPS, as it was"
                    + " in nginx, but not on answers to what no rule takes"
                    + at.controller.unknownHsts()));
  }

  private @Nullable Ingress owner(Location at, @Nullable Ingress first) {
    boolean inherits = !at.controller.isTrue("proxy-ssl-location-only");
    return switch (secrets.of(at.ingress)) {
      case BackendSecret.Authority _, BackendSecret.Unknown _, BackendSecret.Refused _ ->
          at.ingress;
      case BackendSecret.Nothing _ -> inherits ? first : null;
    };
  }

  private boolean hasCa(Ingress ingress) {
    return secrets.of(ingress) instanceof BackendSecret.Authority;
  }
}
