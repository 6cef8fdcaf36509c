package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What all `spec.tls` say together. In nginx a certificate was a host's: of the Ingress that
/// serves it, if `spec.tls` names the host, or names none and the certificate is for it.
///
/// @param byHost `namespace/secret` by host
record HostCertificates(Map<String, String> byHost, List<Judgement> judgements) {

  static HostCertificates of(List<Ingress> ingresses, MissingObjects missing) {
    var made = new HostCertificates(new LinkedHashMap<>(), new ArrayList<>());
    Set<String> served = new HashSet<>();
    ingresses.forEach(ingress -> made.claim(ingress, served));
    ingresses.forEach(made::share);
    ingresses.forEach(ingress -> made.judge(ingress, missing));
    return made;
  }

  private static Set<String> hosts(Ingress ingress) {
    Set<String> hosts = new LinkedHashSet<>();
    ingress.paths().forEach(path -> hosts.add(path.host()));
    return hosts;
  }

  private static boolean isClaim(String host, String secret) {
    return !secret.isEmpty() && (host.isEmpty() || Aliases.isHost(host));
  }

  /// Whoever serves a host goes before those that only have certificates for it.
  ///
  /// @param served the hosts that such a one has claimed
  private void claim(Ingress ingress, Set<String> served) {
    Set<String> own = hosts(ingress);
    ingress
        .tls()
        .forEach((host, secret) -> {
          String reference = ingress.namespace() + "/" + secret;
          if (!isClaim(host, secret)) {
            return;
          }
          if (host.isEmpty() && !own.isEmpty()) {
            own.stream()
                .filter(name ->
                    Certificates.covering(ingress.tls().keySet(), name).isEmpty() || name.isEmpty())
                .forEach(name -> byHost.putIfAbsent(name, reference));
          } else if (own.contains(host) && served.add(host)) {
            byHost.put(host, reference);
          } else {
            byHost.putIfAbsent(host, reference);
          }
        });
  }

  /// Who does not get a wildcard keeps its certificate for the hosts that it serves below it.
  private void share(Ingress ingress) {
    ingress
        .tls()
        .forEach((host, secret) -> {
          String reference = ingress.namespace() + "/" + secret;
          if (isClaim(host, secret) && !host.isEmpty() && !reference.equals(byHost.get(host))) {
            Set<String> kept = new LinkedHashSet<>(hosts(ingress));
            kept.remove(host);
            kept.removeIf(name -> Certificates.covering(Set.of(host), name).isEmpty());
            kept.forEach(name -> byHost.putIfAbsent(name, reference));
            add(ingress, host, secret, loser(host, kept));
          }
        });
  }

  private Verdict loser(String host, Set<String> kept) {
    String other = "Secret " + byHost.get(host) + " of another Ingress is shown for " + host;
    return kept.isEmpty()
        ? new Verdict.Different(other + ": a listener has one certificate for a name")
        : new Verdict.Same(other + ", and this one for " + String.join(", ", kept));
  }

  private void judge(Ingress ingress, MissingObjects missing) {
    if (GoBool.isTrue(ingress.annotations().getOrDefault("ssl-passthrough", ""))) {
      return;
    }
    ingress
        .tls()
        .forEach((host, secret) -> {
          if (host.isEmpty() && !secret.isEmpty()) {
            add(ingress, host, secret, unnamed(hosts(ingress)));
          }
          missing
              .certificate(ingress, host, secret)
              .ifPresent(verdict -> add(ingress, host, secret, verdict));
        });
  }

  private static Verdict unnamed(Set<String> own) {
    return own.isEmpty() || own.contains("")
        ? new Verdict.Different(
            "shown for all names; nginx showed its default certificate where no host was named")
        : new Verdict.Same(
            "shown for "
                + String.join(", ", own)
                + ", as in nginx where the certificate is for that name");
  }

  private void add(Ingress ingress, String host, String secret, Verdict verdict) {
    judgements.add(
        new Judgement(
            ingress.id(), host, "", "tls", secret, verdict, ingress.origin().at("spec.tls")));
  }
}
