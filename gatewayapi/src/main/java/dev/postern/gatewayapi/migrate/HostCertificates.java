package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What all `spec.tls` say together.
///
/// @param byHost `namespace/secret` by host
record HostCertificates(Map<String, String> byHost, List<Judgement> judgements) {

  static HostCertificates of(List<Ingress> ingresses, MissingObjects missing) {
    Map<String, String> byHost = new LinkedHashMap<>();
    List<Judgement> judgements = new ArrayList<>();
    for (Ingress ingress : ingresses) {
      ingress
          .tls()
          .forEach((host, secret) -> {
            if (!secret.isEmpty() && (host.isEmpty() || Aliases.isHost(host))) {
              byHost.putIfAbsent(host, ingress.namespace() + "/" + secret);
            }
            if (!GoBool.isTrue(ingress.annotations().getOrDefault("ssl-passthrough", ""))) {
              missing
                  .certificate(ingress, host, secret)
                  .ifPresent(verdict -> judgements.add(judgement(ingress, host, secret, verdict)));
            }
          });
    }
    return new HostCertificates(byHost, judgements);
  }

  private static Judgement judgement(Ingress ingress, String host, String secret, Verdict verdict) {
    return new Judgement(
        ingress.id(), host, "", "tls", secret, verdict, ingress.origin().at("spec.tls"));
  }
}
