package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;

/// Versions, cipher suites and the length of the chain: proxy-ssl-protocols, proxy-ssl-ciphers and
/// proxy-ssl-verify-depth, of each of which nginx took the default where it did not know the value.
final class TlsLimits {
  private static final String PROTOCOLS = "proxy-ssl-protocols";
  private static final String CIPHERS = "proxy-ssl-ciphers";
  private static final String DEPTH = "proxy-ssl-verify-depth";
  private static final String UNKNOWN = "nginx took TLS 1.2 alone for a value that it did not know";

  private final Target target;

  TlsLimits(Target target) {
    this.target = target;
  }

  /// In the words of a BackendConnectionPolicy's `tls`.
  Map<String, Object> of(TlsVerdicts said) {
    String written = said.value(PROTOCOLS);
    boolean known = TlsParameters.isProtocols(written);
    String protocols = known || written.isEmpty() ? written : "TLSv1.2";
    String ciphers = TlsParameters.isCiphers(said.value(CIPHERS)) ? said.value(CIPHERS) : "DEFAULT";
    Map<String, Object> tls = target.limitsTls() ? TlsParameters.of(protocols, ciphers) : Map.of();
    if (written.isEmpty()) {
      said.always(
          PROTOCOLS,
          "with a proxy-ssl-secret and without proxy-ssl-protocols nginx spoke TLS 1.2 alone; now"
              + " it is the newest version that both sides have");
    } else if (known && TlsParameters.versions(protocols).size() == 2) {
      said.same(PROTOCOLS, "TLS 1.2 and 1.3, as without a word");
    } else if (target.limitsTls()) {
      said.same(PROTOCOLS, "minVersion and maxVersion" + (known ? "" : ": " + UNKNOWN));
    } else if (known) {
      notChosen(said, PROTOCOLS);
    } else {
      said.different(PROTOCOLS, UNKNOWN + "; now it is the newest version that both sides have");
    }
    ciphers(said, ciphers, protocols, tls);
    depth(said);
    return tls;
  }

  private void ciphers(
      TlsVerdicts said, String ciphers, String protocols, Map<String, Object> tls) {
    if (ciphers.equals("DEFAULT") || ciphers.isEmpty()) {
      said.same(
          CIPHERS,
          said.value(CIPHERS).equals(ciphers)
              ? "the defaults"
              : "the defaults, which nginx took for a value that it did not know");
    } else if (tls.containsKey("cipherSuites")) {
      said.same(CIPHERS, "cipherSuites");
    } else if (TlsParameters.versions(protocols).equals(List.of("1.3"))) {
      said.same(CIPHERS, "nothing: nginx looked at it for TLS 1.2 alone");
    } else if (target.limitsTls()) {
      said.lost(
          CIPHERS,
          "cipher suites are chosen by their names, not by OpenSSL's words for many of them",
          "name them one by one, such as ECDHE-RSA-AES128-GCM-SHA256, or do without it");
    } else {
      notChosen(said, CIPHERS);
    }
  }

  private void notChosen(TlsVerdicts said, String annotation) {
    said.lost(
        annotation,
        "versions and cipher suites of TLS to one backend cannot be chosen",
        target == Target.ISTIO
            ? "choose them for the whole mesh, in meshConfig.tlsDefaults"
            : "choose them with a policy of the gateway's own");
  }

  private static void depth(TlsVerdicts said) {
    String depth = said.value(DEPTH);
    if (!said.verifies()) {
      said.same(DEPTH, "nothing, as nothing is verified");
    } else if (depth.matches("[+-]?[0-9]{1,9}") && Integer.parseInt(depth) != 0) {
      said.different(DEPTH, "the length of the chain is not limited to " + depth);
    } else {
      said.different(
          DEPTH, "the length of the chain is not limited; nginx took its default of 1 for this");
    }
  }
}
