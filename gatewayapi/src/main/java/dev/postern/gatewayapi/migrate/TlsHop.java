package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// TLS to the backend: proxy-ssl-* and lines that say the same.
final class TlsHop {
  private final MigrationOptions options;
  private final Objects objects;
  private final TargetTls target;

  TlsHop(MigrationOptions options, Objects objects) {
    this.options = options;
    this.objects = objects;
    this.target = new TargetTls(options);
  }

  static void ignored(Location at, String why) {
    for (String name : at.ingress.annotations().keySet()) {
      if (name.startsWith("proxy-ssl-")) {
        at.same(name, why);
      }
    }
  }

  /// GRPCS, of which nginx verified nothing whatever proxy-ssl-* said.
  Hop grpcs(Location at) {
    return withoutSecret(at, "kubernetes.io/h2c");
  }

  /// @param owner whose proxy-ssl-* count; null for nobody's
  Hop of(Location at, String appProtocol, @Nullable Ingress owner) {
    Map<String, Object> tls = new LinkedHashMap<>();
    if (owner == null) {
      ignored(at, "nothing: without a proxy-ssl-secret with a ca.crt nginx ignored it");
      return withoutSecret(at, appProtocol);
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
      ignored(at, "nothing: those of " + owner.id() + " were inherited");
    }
    String ref = owner.annotations().getOrDefault("proxy-ssl-secret", "").strip();
    String secretName = ref.substring(ref.indexOf('/') + 1);
    parameters(at, owner, tls);
    if (own && !at.has("proxy-ssl-protocols")) {
      at.say(
          "proxy-ssl-protocols",
          "",
          new Verdict.Different(
              "with a proxy-ssl-secret and without proxy-ssl-protocols nginx spoke TLS 1.2 alone;"
                  + " now it is the newest version that both sides have"));
    }
    boolean local = ref.startsWith(at.ingress.namespace() + "/");
    if (local || !own) {
      secret(at, owner, ref, tls);
    }
    target.narrow(at, owner, local, tls);
    if (!owner.annotations().getOrDefault("proxy-ssl-verify", "").equals("on")) {
      at.same(
          "proxy-ssl-secret",
          tls.containsKey("clientCertificateRef")
              ? target.certificateField() + "; nothing is verified"
              : "nothing, as nothing is verified");
      at.same(
          "proxy-ssl-verify",
          options.target().hasConnectionKind()
              ? "insecureSkipVerify, see the warning"
              : "nothing by itself, see backend-protocol");
      at.same("proxy-ssl-name", "nothing, as nothing is verified");
      if (at.value("proxy-ssl-server-name").equals("on")) {
        at.lost(
            "proxy-ssl-server-name",
            "no server name is sent where nobody is verified",
            "have the backend verified: the server name is that of the certificate then");
      } else {
        at.same("proxy-ssl-server-name", "no server name is sent");
      }
      return unverified(at, appProtocol, tls);
    }
    String kind = target.trustKind(tls);
    at.same("backend-protocol", "TLS by a " + kind);
    at.same("proxy-ssl-verify", kind);
    serverName(at, owner);
    String said = owner.annotations().getOrDefault("proxy-ssl-name", "").strip();
    String validated = name(at, said, own, kind);
    Map<String, Object> connection = Trees.map("tls", tls);
    return new Hop(
        appProtocol,
        Trees.map(
            "hostname",
            validated,
            "caCertificateRefs",
            List.of(Trees.map("group", "", "kind", "ConfigMap", "name", secretName + "-ca"))),
        options.target().hasConnectionKind() ? connection : Map.of(),
        false,
        Optional.of(ref));
  }

  /// What the Secret gives: a client certificate; and what it cannot give.
  private void secret(Location at, Ingress owner, String ref, Map<String, Object> tls) {
    Document secret = objects.secret(ref);
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
    } else if (Objects.hasKey(secret, "tls.crt") && options.target().hasConnectionKind() && local) {
      tls.put("clientCertificateRef", Trees.map("name", ref.substring(ref.indexOf('/') + 1)));
      at.same("proxy-ssl-secret", "the CA to trust, and " + target.certificateField());
      target.readsSecret(at, ref);
    } else if (Objects.hasKey(secret, "tls.crt")) {
      at.lost(
          "proxy-ssl-secret",
          "the client certificate in " + ref + " cannot be shown to this backend alone",
          "set the Gateway's spec.tls.backend.clientCertificateRef, or bring the Secret here");
    } else {
      at.same("proxy-ssl-secret", "the CA to trust");
    }
  }

  private static String name(Location at, String name, boolean own, String kind) {
    String service = service(at);
    if (name.equals("$host") && own && !at.path.host().isEmpty() && !at.path.host().contains("*")) {
      at.different("proxy-ssl-name", "always " + at.path.host() + ", the host of this rule");
      return at.path.host();
    }
    if (name.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?")) {
      at.same(
          "proxy-ssl-name",
          kind.equals("BackendTLSPolicy")
              ? "BackendTLSPolicy hostname, which is the server name too"
              : "the server name, and the name that is verified, in a " + kind);
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
    if (options.target().limitsTls()) {
      String protocols = owner.annotations().getOrDefault("proxy-ssl-protocols", "").strip();
      String ciphers = owner.annotations().getOrDefault("proxy-ssl-ciphers", "").strip();
      tls.putAll(TlsParameters.of(protocols, ciphers));
      at.same(
          "proxy-ssl-protocols",
          tls.containsKey("minVersion")
              ? "minVersion and maxVersion"
              : "TLS 1.2 and 1.3, as without a word");
      if (tls.containsKey("cipherSuites")) {
        at.same("proxy-ssl-ciphers", "cipherSuites");
      }
    }
    target.unlimited(at, owner);
    String depth = at.value("proxy-ssl-verify-depth");
    if (!depth.isEmpty()) {
      at.different("proxy-ssl-verify-depth", "the length of the chain is not limited to " + depth);
    }
    if (at.value("proxy-ssl-ciphers").equals("DEFAULT")) {
      at.same("proxy-ssl-ciphers", "the defaults");
    }
  }

  /// Verified if lines of a snippet say so, else not.
  private Hop withoutSecret(Location at, String appProtocol) {
    SnippetHop snippet = at.snippetHop;
    Map<String, Object> tls =
        new LinkedHashMap<>(options.target().limitsTls() ? snippet.parameters() : Map.of());
    if (!snippet.verifies()) {
      return unverified(at, appProtocol, tls);
    }
    if (!snippet.trustsSystem()) {
      at.close();
      at.lost(
          "backend-protocol",
          "a snippet has the backend verified by a file of the controller's; the path answers 500",
          "put the CA into a ConfigMap with the key ca.crt, and write a BackendTLSPolicy with it");
      return Hop.plain(appProtocol);
    }
    String name = snippet.name().isEmpty() ? service(at) : snippet.name();
    at.same("backend-protocol", "BackendTLSPolicy for " + name);
    return new Hop(
        appProtocol,
        Trees.map("hostname", name, "wellKnownCACertificates", "System"),
        Trees.map("tls", tls),
        false,
        Optional.empty());
  }

  private static void serverName(Location at, Ingress owner) {
    if (owner.annotations().getOrDefault("proxy-ssl-server-name", "").equals("on")) {
      at.same("proxy-ssl-server-name", "the name that is verified is sent");
    } else if (owner.equals(at.ingress)) {
      at.say(
          "proxy-ssl-server-name",
          at.value("proxy-ssl-server-name"),
          new Verdict.Different(
              "the name that is verified is sent as the server name; nginx sent none"));
    }
  }

  private static String service(Location at) {
    return at.path.service() + "." + at.ingress.namespace() + ".svc";
  }

  /// TLS without looking who answers, as far as the target can; else closed, never in plaintext.
  private Hop unverified(Location at, String appProtocol, Map<String, Object> tls) {
    String service = service(at);
    if (options.target().hasConnectionKind()) {
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
    String name = at.snippetHop.name().isEmpty() ? service : at.snippetHop.name();
    return new Hop(
        appProtocol,
        Trees.map("hostname", name, "wellKnownCACertificates", "System"),
        Map.of(),
        false,
        Optional.empty());
  }
}
