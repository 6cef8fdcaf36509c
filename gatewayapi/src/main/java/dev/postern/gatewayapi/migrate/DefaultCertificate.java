package dev.postern.gatewayapi.migrate;

import java.util.List;

/// Hosts for which nginx showed its default certificate: those of an Ingress with a `spec.tls` that
/// has none for them. They had HTTPS, and plaintext was sent there (createServers of the
/// controller, and redirect_to_https of its Lua).
final class DefaultCertificate {
  private DefaultCertificate() {}

  /// @param locations all of the host
  /// @param live those that nginx came to
  static void judge(String host, List<Location> locations, List<Location> live) {
    boolean had = locations.stream().anyMatch(at -> !at.ingress.tls().isEmpty());
    if (had && !host.isEmpty() && !locations.getFirst().tls) {
      live.forEach(DefaultCertificate::judge);
    }
  }

  private static void judge(Location at) {
    String why =
        "nginx served this host over HTTPS with its default certificate, or with one of the Ingress"
            + " that is for it. No spec.tls names a Secret for it, so that there is no HTTPS now";
    boolean sent =
        !at.asksNobody && (!at.isFalse("ssl-redirect") || at.isTrue("force-ssl-redirect"));
    at.say(
        "tls",
        at.path.host(),
        sent
            ? new Verdict.NotPossible(
                why + ", and plaintext is answered, which nginx sent to https",
                "name the host and a Secret of the type kubernetes.io/tls in spec.tls, and migrate"
                    + " again")
            : new Verdict.Different(why));
  }
}
