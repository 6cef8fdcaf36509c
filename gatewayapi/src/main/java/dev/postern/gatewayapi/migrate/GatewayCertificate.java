package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The client certificate of the Gateway, which shows it to all backends over TLS: for a target
/// that can show none to one backend alone, and only where nginx showed the same one to all of
/// them.
final class GatewayCertificate {
  private final List<Location> overTls = new ArrayList<>();
  private final TargetTls target;
  private Optional<String> secret = Optional.empty();

  GatewayCertificate(MigrationOptions options) {
    this.target = new TargetTls(options);
  }

  void reached(Location at, Hop hop) {
    if (!at.target.hasConnectionKind() && !hop.validation().isEmpty()) {
      overTls.add(at);
    }
  }

  /// Once all are known.
  void judge() {
    Set<Optional<String>> shown = new HashSet<>();
    overTls.forEach(at -> shown.add(at.certificate.map(said -> reference(said))));
    secret = shown.size() == 1 ? shown.iterator().next() : Optional.empty();
    overTls.forEach(at -> at.certificate.ifPresent(this::judge));
  }

  private static String reference(TlsVerdicts said) {
    return BackendSecrets.reference(said.owner());
  }

  private void judge(TlsVerdicts said) {
    String reference = reference(said);
    if (secret.isPresent()) {
      said.same(
          "proxy-ssl-secret",
          (said.verifies() ? "the CA to trust, and " : "")
              + "the Gateway's tls.backend.clientCertificateRef: nginx showed this"
              + " certificate to all backends over TLS, as the Gateway does");
    } else {
      said.lost(
          "proxy-ssl-secret",
          target.cannotShow(reference),
          target.bringCertificate(said.at(), reference));
    }
  }

  /// `namespace/name` of the Secret; empty for no certificate.
  Optional<String> secret() {
    return secret;
  }
}
