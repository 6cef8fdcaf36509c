package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;

/// What a target can say of TLS to a backend, and what is reported where it cannot.
final class TargetTls {
  private final MigrationOptions options;

  TargetTls(MigrationOptions options) {
    this.options = options;
  }

  /// A BackendConfigPolicy's `tls` takes one of insecureSkipVerify and secretRef, and no Secret of
  /// another namespace.
  void narrow(Location at, Ingress owner, boolean local, Map<String, Object> tls) {
    if (options.target() != Target.KGATEWAY) {
      return;
    }
    boolean verifies = owner.annotations().getOrDefault("proxy-ssl-verify", "").equals("on");
    if (!verifies && tls.remove("clientCertificateRef") != null) {
      at.lost(
          "proxy-ssl-secret",
          "kgateway shows a client certificate only to a backend that it verifies, or with a Secret"
              + " that has no ca.crt",
          "make a Secret of its tls.crt and tls.key alone, and name it in the BackendConfigPolicy's"
              + " tls.secretRef in place of insecureSkipVerify");
    }
    if (verifies && !local && !tls.isEmpty()) {
      tls.clear();
      at.say(
          "proxy-ssl-protocols",
          owner.id(),
          new Verdict.NotPossible(
              "a BackendConfigPolicy reads no Secret of another namespace, so TLS is verified by a"
                  + " BackendTLSPolicy, and its versions and cipher suites are the gateway's own",
              "bring the Secret here"));
    }
  }

  /// Istio's gateway reads Secrets of its own namespace alone.
  void readsSecret(Location at, String ref) {
    if (options.target() == Target.ISTIO && !ref.startsWith(options.gatewayNamespace() + "/")) {
      at.different(
          "proxy-ssl-secret",
          "credentialName, which Istio's gateway looks for in its own namespace: copy the Secret "
              + Objects.nameOf(ref)
              + " into "
              + options.gatewayNamespace()
              + ", until then requests fail");
    }
  }

  String certificateField() {
    return switch (options.target()) {
      case POSTERN, STANDARD, ENVOY_GATEWAY -> "clientCertificateRef";
      case KGATEWAY -> "secretRef";
      case ISTIO -> "credentialName";
    };
  }

  /// Which object says whom to trust.
  String trustKind(Map<String, Object> tls) {
    Target target = options.target();
    if (target.isPostern() || !target.hasConnectionKind()) {
      return "BackendTLSPolicy";
    }
    String without =
        target == Target.ISTIO ? "BackendTLSPolicy or DestinationRule" : "BackendTLSPolicy";
    return tls.isEmpty() ? without : target.connectionKind();
  }

  /// TLS 1.2 and 1.3, with whatever cipher suites the gateway has.
  void unlimited(Location at, Ingress owner) {
    if (options.target().limitsTls()) {
      return;
    }
    String protocols = owner.annotations().getOrDefault("proxy-ssl-protocols", "").strip();
    if (TlsParameters.versions(protocols).containsAll(List.of("1.2", "1.3"))) {
      at.same("proxy-ssl-protocols", "TLS 1.2 and 1.3, as without a word");
    }
    if (at.value("proxy-ssl-ciphers").equals("DEFAULT")) {
      at.same("proxy-ssl-ciphers", "the defaults");
    }
    for (String name : List.of("proxy-ssl-protocols", "proxy-ssl-ciphers")) {
      if (!at.verdicts().isJudged(name)) {
        at.lost(
            name,
            "versions and cipher suites of TLS to one backend cannot be chosen",
            options.target() == Target.ISTIO
                ? "choose them for the whole mesh, in meshConfig.tlsDefaults"
                : "choose them with a policy of the gateway's own");
      }
    }
  }
}
