package dev.postern.gatewayapi.migrate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// TLS to the backend: proxy-ssl-* and lines that say the same.
final class TlsHop {
  private final MigrationOptions options;
  private final BackendSecrets secrets;
  private final TargetTls target;

  TlsHop(MigrationOptions options, BackendSecrets secrets) {
    this.options = options;
    this.secrets = secrets;
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
    if (owner == null) {
      ignored(at, "nothing: without a proxy-ssl-secret with a ca.crt nginx ignored it");
      return withoutSecret(at, appProtocol);
    }
    var said = new TlsVerdicts(at, owner);
    if (said.inherited()) {
      at.say(
          "proxy-ssl-secret",
          owner.id(),
          new Verdict.Different(
              "nginx let this path inherit the proxy-ssl-* of "
                  + owner.id()
                  + ", which serves the same host; now it is said for this backend"));
      ignored(at, "nothing: those of " + owner.id() + " were inherited");
    }
    String reference = BackendSecrets.reference(owner);
    Map<String, Object> tls = new LinkedHashMap<>(new TlsLimits(options.target()).of(said));
    secret(said, reference, tls);
    target.narrow(said, reference, tls);
    return said.verifies()
        ? verified(said, appProtocol, reference, tls)
        : unverified(said, appProtocol, tls);
  }

  private Hop verified(
      TlsVerdicts said, String appProtocol, String reference, Map<String, Object> tls) {
    String kind = target.trustKind(tls);
    said.at().same("backend-protocol", "TLS by a " + kind);
    said.same("proxy-ssl-verify", kind);
    TlsNames.sent(said);
    String name = TlsNames.verified(said, kind);
    return new Hop(
        appProtocol,
        Trees.map("hostname", name),
        options.target().hasConnectionKind() ? Trees.map("tls", tls) : Map.of(),
        false,
        Optional.of(reference));
  }

  private Hop unverified(TlsVerdicts said, String appProtocol, Map<String, Object> tls) {
    said.same(
        "proxy-ssl-secret",
        tls.containsKey("clientCertificateRef")
            ? target.certificateField() + "; nothing is verified"
            : "nothing, as nothing is verified");
    said.same(
        "proxy-ssl-verify",
        options.target().hasConnectionKind()
            ? "insecureSkipVerify, see the warning"
            : "nothing by itself, see backend-protocol");
    TlsNames.unverified(said, options.target());
    boolean sent = said.value("proxy-ssl-server-name").equals("on");
    return open(said.at(), appProtocol, tls, TlsNames.fixed(said), sent);
  }

  /// What the Secret gives: a client certificate; and what it cannot give.
  private void secret(TlsVerdicts said, String reference, Map<String, Object> tls) {
    Location at = said.at();
    String command = "kubectl get secret -n " + ShellWord.ofReference(reference) + " -o yaml";
    boolean client =
        secrets.of(said.owner()) instanceof BackendSecret.Authority authority && authority.client();
    if (secrets.of(said.owner()) instanceof BackendSecret.Unknown) {
      String missing = "the Secret " + reference + " is not in the input, so ";
      if (said.verifies()) {
        at.close();
        said.lost(
            "proxy-ssl-secret",
            missing + "nobody can be verified; the path answers 500",
            "migrate with it: " + command);
      } else {
        said.lost(
            "proxy-ssl-secret",
            missing + "its CA and certificate are unknown",
            "add it: " + command);
      }
    } else if (!client) {
      said.same("proxy-ssl-secret", "the CA to trust");
    } else if (target.shows(at, reference)) {
      tls.put("clientCertificateRef", Trees.map("name", Objects.nameOf(reference)));
      said.same("proxy-ssl-secret", "the CA to trust, and " + target.certificateField());
      target.readsSecret(said, reference);
    } else if (!options.target().hasConnectionKind()) {
      at.certificate = Optional.of(said);
    } else {
      said.lost(
          "proxy-ssl-secret", target.cannotShow(reference), target.bringCertificate(at, reference));
    }
  }

  /// Verified if lines of a snippet say so, else not.
  private Hop withoutSecret(Location at, String appProtocol) {
    SnippetHop snippet = at.snippetHop;
    Map<String, Object> tls =
        new LinkedHashMap<>(options.target().limitsTls() ? snippet.parameters() : Map.of());
    if (!snippet.verifies()) {
      return open(at, appProtocol, tls, snippet.name(), snippet.sendsName());
    }
    if (!snippet.trustsSystem()) {
      at.close();
      at.lost(
          "backend-protocol",
          "a snippet has the backend verified by a file of the controller's; the path answers 500",
          "put the CA into a ConfigMap with the key ca.crt, and write a BackendTLSPolicy with it");
      return Hop.plain(appProtocol);
    }
    String name = snippet.name().isEmpty() ? TlsNames.ofService(at) : snippet.name();
    at.same("backend-protocol", "BackendTLSPolicy for " + name);
    if (!snippet.says("name")) {
      at.different(
          "backend-protocol",
          "nginx verified the name " + TlsNames.UPSTREAM + ", which fails; now it is " + name);
    }
    return new Hop(
        appProtocol,
        Trees.map("hostname", name, "wellKnownCACertificates", "System"),
        Trees.map("tls", tls),
        false,
        Optional.empty());
  }

  /// TLS without looking who answers, as far as the target can; else closed, never in plaintext.
  ///
  /// @param name by which nginx knew the backend, empty for none
  /// @param sent whether it was the server name
  private Hop open(
      Location at, String appProtocol, Map<String, Object> tls, String name, boolean sent) {
    if (options.target().hasConnectionKind()) {
      at.same("backend-protocol", "TLS without verification, see the warning");
      if (sent && !name.isEmpty() && options.target().namesUnverified()) {
        tls.put("sni", name);
      }
      tls.put("insecureSkipVerify", "All");
      return new Hop(appProtocol, Map.of(), Trees.map("tls", tls), true, Optional.empty());
    }
    String expected = name.isEmpty() ? TlsNames.ofService(at) : name;
    at.lost(
        "backend-protocol",
        "nginx verified nobody; the Gateway API has no word for that. It is verified as "
            + expected
            + " by the system's CAs now, so it fails rather than going out in plaintext",
        "put the backend's CA and name into the BackendTLSPolicy");
    return new Hop(
        appProtocol,
        Trees.map("hostname", expected, "wellKnownCACertificates", "System"),
        Map.of(),
        false,
        Optional.empty());
  }
}
