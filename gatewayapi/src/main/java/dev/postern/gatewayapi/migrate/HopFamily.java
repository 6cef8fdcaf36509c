package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// backend-protocol, proxy-ssl-* and fastcgi-*: what ingress-nginx spoke to the backend.
final class HopFamily {
  private static final Set<String> WORDS =
      Set.of("AUTO_HTTP", "HTTP", "HTTPS", "GRPC", "GRPCS", "FCGI");

  private final MigrationOptions options;
  private final Objects objects;

  HopFamily(MigrationOptions options, Objects objects) {
    this.options = options;
    this.objects = objects;
  }

  /// @param owner whose proxy-ssl-* count here: the location's own Ingress, or the first of the
  ///   host with a CA, which nginx let all others inherit from; null for none
  Hop of(Location at, @Nullable Ingress owner) {
    refusedSecret(at);
    String written = at.value("backend-protocol");
    String upper = written.toUpperCase(Locale.ROOT);
    boolean known = WORDS.contains(upper);
    String word = known ? upper : "HTTP";
    if (!known && at.has("backend-protocol")) {
      at.different(
          "backend-protocol", "nginx took this for HTTP, with a line in its log; so is it now");
    }
    if (!word.equals("FCGI")) {
      at.same("fastcgi-index", "nothing, as backend-protocol is not FCGI");
      at.same("fastcgi-params-configmap", "nothing, as backend-protocol is not FCGI");
    }
    if (word.equals("AUTO_HTTP") && !options.target().isPostern()) {
      word = at.httpsRedirect ? "HTTPS" : "HTTP";
      at.different("backend-protocol", "always " + word + ", which is what clients' scheme led to");
    }
    if (!word.equals("HTTPS") && !word.equals("AUTO_HTTP")) {
      sslIgnored(at, "nothing: nginx did not look at it with backend-protocol " + word);
    }
    boolean degraded = known && !written.equals(upper) && !word.contains("HTTP");
    if (degraded) {
      at.different(
          "backend-protocol",
          "in lower case nginx forgot header fields and time-outs; now it is " + word + " in full");
    }
    return switch (word) {
      case "GRPC" -> grpc(at, Hop.plain("kubernetes.io/h2c"));
      case "GRPCS" -> grpc(at, unverified(at, "kubernetes.io/h2c", new LinkedHashMap<>()));
      case "FCGI" -> fastCgi(at);
      case "HTTPS", "AUTO_HTTP" ->
          https(at, word.equals("HTTPS") ? "" : "postern.dev/auto-http", owner);
      default -> {
        at.same("backend-protocol", "HTTP/1.1, as it is without a word");
        yield Hop.plain(objects.contradictsHttp(at) ? "http" : "");
      }
    };
  }

  /// nginx answered 503 for these, whatever backend-protocol said.
  private static void refusedSecret(Location at) {
    String reference = at.value("proxy-ssl-secret");
    if (!reference.isEmpty() && !reference.startsWith(at.ingress.namespace() + "/")) {
      at.close();
      at.lost(
          "proxy-ssl-secret",
          "nginx takes only namespace/name in the Ingress's own namespace and answered 503; the"
              + " path answers 500 now",
          "bring the Secret into " + at.ingress.namespace() + " and write its name in full");
    }
  }

  private Hop grpc(Location at, Hop hop) {
    at.grpc = true;
    at.same("backend-protocol", "appProtocol kubernetes.io/h2c");
    return hop;
  }

  private static void sslIgnored(Location at, String why) {
    for (String name : at.ingress.annotations().keySet()) {
      if (name.startsWith("proxy-ssl-")) {
        at.same(name, why);
      }
    }
  }

  private Hop fastCgi(Location at) {
    if (!options.target().isPostern()) {
      at.close();
      at.lost(
          "backend-protocol",
          "no other gateway than Postern speaks FastCGI; the path is not served",
          "use --target postern, or put a web server beside the backend");
      return Hop.plain("");
    }
    Map<String, Object> fastCgi = Trees.map("compatibility", "IngressNginx");
    String index = at.value("fastcgi-index");
    if (index.matches("[A-Za-z0-9._-]+")) {
      fastCgi.put("index", index);
      at.same("fastcgi-index", "fastCGI.index");
    }
    String params = at.value("fastcgi-params-configmap");
    String name = params.substring(params.indexOf('/') + 1);
    if (name.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
        && (!params.contains("/") || params.startsWith(at.ingress.namespace() + "/"))) {
      fastCgi.put("paramsConfigMapRef", Trees.map("name", name));
      at.same("fastcgi-params-configmap", "fastCGI.paramsConfigMapRef");
    }
    at.same("backend-protocol", "appProtocol postern.dev/fcgi");
    return new Hop(
        "postern.dev/fcgi",
        Map.of(),
        Trees.map("protocol", "FastCGI", "fastCGI", fastCgi),
        false,
        Optional.empty());
  }

  private Hop https(Location at, String appProtocol, @Nullable Ingress owner) {
    Map<String, Object> tls = new LinkedHashMap<>();
    if (owner == null) {
      sslIgnored(at, "nothing: without a proxy-ssl-secret with a ca.crt nginx ignored it");
      return unverified(at, appProtocol, tls);
    }
    boolean own = owner.equals(at.ingress);
    if (!own) {
      at.say(
          "proxy-ssl-secret",
          owner.id(),
          new Verdict.Different(
              "nginx let this path inherit the proxy-ssl-* of "
                  + owner.id()
                  + ", which serves the same host; now it is said for this backend"));
      sslIgnored(at, "nothing: those of " + owner.id() + " were inherited");
    }
    String ref = owner.annotations().getOrDefault("proxy-ssl-secret", "").strip();
    String secretName = ref.substring(ref.indexOf('/') + 1);
    Document secret = objects.secret(ref);
    parameters(at, owner, tls);
    boolean local = ref.startsWith(at.ingress.namespace() + "/");
    if (secret == null && owner.annotations().getOrDefault("proxy-ssl-verify", "").equals("on")) {
      at.close();
      at.lost(
          "proxy-ssl-secret",
          "the Secret "
              + ref
              + " is not in the input, so nobody can be verified; the path answers"
              + " 500",
          "migrate with it: kubectl get secret -n " + ref.replace("/", " ") + " -o yaml");
    } else if (secret == null) {
      at.lost(
          "proxy-ssl-secret",
          "the Secret " + ref + " is not in the input, so its CA and certificate are unknown",
          "add it: kubectl get secret -n " + ref.replace("/", " ") + " -o yaml");
    } else if (Objects.hasKey(secret, "tls.crt") && options.target().isPostern() && local) {
      tls.put("clientCertificateRef", Trees.map("name", secretName));
      at.same("proxy-ssl-secret", "the CA to trust, and clientCertificateRef");
    } else if (Objects.hasKey(secret, "tls.crt")) {
      at.lost(
          "proxy-ssl-secret",
          "the client certificate in " + ref + " cannot be shown to this backend alone",
          "set the Gateway's spec.tls.backend.clientCertificateRef, or bring the Secret here");
    } else {
      at.same("proxy-ssl-secret", "the CA to trust");
    }
    if (!owner.annotations().getOrDefault("proxy-ssl-verify", "").equals("on")) {
      at.same("proxy-ssl-verify", "insecureSkipVerify, see the warning");
      at.same("proxy-ssl-name", "nothing, as nothing is verified");
      return unverified(at, appProtocol, tls);
    }
    at.same("proxy-ssl-verify", "BackendTLSPolicy");
    String validated =
        name(at, owner.annotations().getOrDefault("proxy-ssl-name", "").strip(), own);
    Map<String, Object> connection = Trees.map("tls", tls);
    return new Hop(
        appProtocol,
        Trees.map(
            "hostname",
            validated,
            "caCertificateRefs",
            List.of(Trees.map("group", "", "kind", "ConfigMap", "name", secretName + "-ca"))),
        options.target().isPostern() ? connection : Map.of(),
        false,
        Optional.of(ref));
  }

  private static String name(Location at, String name, boolean own) {
    String service = at.path.service() + "." + at.ingress.namespace() + ".svc";
    if (name.equals("$host") && own && !at.path.host().isEmpty() && !at.path.host().contains("*")) {
      at.different("proxy-ssl-name", "always " + at.path.host() + ", the host of this rule");
      return at.path.host();
    }
    if (name.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?")) {
      at.same("proxy-ssl-name", "BackendTLSPolicy hostname, which is the server name too");
      return name;
    }
    if (name.isEmpty()) {
      at.different(
          "proxy-ssl-verify",
          "without a proxy-ssl-name nginx verified the name upstream_balancer, which fails; now it"
              + " is "
              + service);
    } else {
      at.lost(
          "proxy-ssl-name",
          "a BackendTLSPolicy has one fixed host name, not " + name,
          "put the name of the backend's certificate in place of " + service);
    }
    return service;
  }

  private void parameters(Location at, Ingress owner, Map<String, Object> tls) {
    at.same("proxy-ssl-server-name", "the server name is always sent where a name is verified");
    String protocols = owner.annotations().getOrDefault("proxy-ssl-protocols", "").strip();
    if (options.target().isPostern() && protocols.matches("TLSv1\\.[23]")) {
      tls.put("minVersion", protocols.substring(4));
      tls.put("maxVersion", protocols.substring(4));
      at.same("proxy-ssl-protocols", "minVersion and maxVersion");
    } else if (options.target().isPostern()) {
      at.same("proxy-ssl-protocols", "TLS 1.2 and 1.3, as without a word");
    }
    String depth = at.value("proxy-ssl-verify-depth");
    if (!depth.isEmpty()) {
      at.different("proxy-ssl-verify-depth", "the length of the chain is not limited to " + depth);
    }
    if (at.value("proxy-ssl-ciphers").equals("DEFAULT")) {
      at.same("proxy-ssl-ciphers", "the defaults");
    }
  }

  /// TLS without looking who answers, as far as the target can; else closed, never in plaintext.
  private Hop unverified(Location at, String appProtocol, Map<String, Object> tls) {
    String service = at.path.service() + "." + at.ingress.namespace() + ".svc";
    if (options.target().isPostern()) {
      at.same("backend-protocol", "TLS without verification, see the warning");
      tls.put("insecureSkipVerify", "All");
      return new Hop(appProtocol, Map.of(), Trees.map("tls", tls), true, Optional.empty());
    }
    at.lost(
        "backend-protocol",
        "nginx verified nobody; the Gateway API has no word for that. It is verified as "
            + service
            + " by the system's CAs now, so it fails rather than going out in plaintext",
        "put the backend's CA and name into the BackendTLSPolicy");
    return new Hop(
        appProtocol,
        Trees.map("hostname", service, "wellKnownCACertificates", "System"),
        Map.of(),
        false,
        Optional.empty());
  }
}
