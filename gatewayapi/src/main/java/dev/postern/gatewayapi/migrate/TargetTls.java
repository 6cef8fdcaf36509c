package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;

/// What a target can say of TLS to a backend, and what is reported where it cannot.
final class TargetTls {
  private final MigrationOptions options;

  TargetTls(MigrationOptions options) {
    this.options = options;
  }

  private static boolean isLocal(Location at, String reference) {
    return reference.startsWith(at.ingress.namespace() + "/");
  }

  /// Whether a client certificate can be shown to this backend alone. Istio's gateway finds Secrets
  /// in its own namespace, whoever refers to them; the others beside their policy.
  boolean shows(Location at, String reference) {
    return options.target().hasConnectionKind()
        && (options.target() == Target.ISTIO || isLocal(at, reference));
  }

  String cannotShow(String reference) {
    return options.target().hasConnectionKind()
        ? "the client certificate in "
            + reference
            + " is not shown to this backend: a "
            + options.target().connectionKind()
            + " reads no Secret of another namespace"
        : "the client certificate in " + reference + " cannot be shown to this backend alone";
  }

  String bringCertificate(Location at, String reference) {
    return options.target().hasConnectionKind()
        ? "copy the Secret "
            + Objects.nameOf(reference)
            + " into "
            + at.ingress.namespace()
            + ", and name it in tls."
            + certificateField()
            + " of the "
            + options.target().connectionKind()
            + " for "
            + at.path.service()
        : "set the Gateway's spec.tls.backend.clientCertificateRef, which shows it to all backends"
            + " over TLS";
  }

  /// A BackendConfigPolicy's `tls` takes one of insecureSkipVerify and secretRef, and no Secret of
  /// another namespace.
  void narrow(TlsVerdicts said, String reference, Map<String, Object> tls) {
    if (options.target() != Target.KGATEWAY) {
      return;
    }
    if (!said.verifies() && tls.remove("clientCertificateRef") != null) {
      said.lost(
          "proxy-ssl-secret",
          "kgateway shows a client certificate only to a backend that it verifies, or with a Secret"
              + " that has no ca.crt",
          "make a Secret of its tls.crt and tls.key alone, and name it in the BackendConfigPolicy's"
              + " tls.secretRef in place of insecureSkipVerify");
    }
    if (said.verifies() && !isLocal(said.at(), reference) && !tls.isEmpty()) {
      tls.clear();
      for (String name : List.of("proxy-ssl-protocols", "proxy-ssl-ciphers")) {
        said.lost(
            name,
            "a BackendConfigPolicy reads no Secret of another namespace, so TLS is verified by a"
                + " BackendTLSPolicy, and its versions and cipher suites are the gateway's own",
            "bring the Secret here");
      }
    }
  }

  /// Istio's gateway reads Secrets of its own namespace alone.
  void readsSecret(TlsVerdicts said, String reference) {
    if (options.target() == Target.ISTIO
        && !reference.startsWith(options.gatewayNamespace() + "/")) {
      said.different(
          "proxy-ssl-secret",
          "credentialName, which Istio's gateway looks for in its own namespace: copy the Secret "
              + Objects.nameOf(reference)
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
}
