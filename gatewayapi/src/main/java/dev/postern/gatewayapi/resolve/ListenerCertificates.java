package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The certificates that an HTTPS listener refers to (Gateway.spec.listeners[].tls).
final class ListenerCertificates {
  private final Grants grants;
  private final Certificates certificates;

  ListenerCertificates(Grants grants, Certificates certificates) {
    this.grants = grants;
    this.certificates = certificates;
  }

  /// @param problem with the references that do not hold; the others are served all the same
  record Found(List<ServerCertificate> usable, Optional<Refusal> problem) {}

  Found of(ObjectRef gateway, Gateway.Listener listener) {
    if (!GatewayRules.isHttps(listener)) {
      return new Found(List.of(), Optional.empty());
    }
    List<ServerCertificate> usable = new ArrayList<>();
    List<Refusal> problems = new ArrayList<>();
    List<Gateway.SecretRef> refs =
        listener.tls().map(Gateway.Tls::certificateRefs).orElse(List.of());
    for (Gateway.SecretRef ref : refs) {
      resolve(gateway, ref, usable, problems);
    }
    if (refs.isEmpty()) {
      problems.add(
          new Refusal("InvalidCertificateRef", "an HTTPS listener needs tls.certificateRefs"));
    }
    return new Found(usable, merge(problems));
  }

  private void resolve(
      ObjectRef gateway,
      Gateway.SecretRef ref,
      List<ServerCertificate> usable,
      List<Refusal> problems) {
    ObjectRef secret =
        new ObjectRef(ref.kind(), ref.namespace().orElse(gateway.namespace()), ref.name());
    if (!ref.kind().equals(Kind.SECRET)) {
      problems.add(invalid(secret + " cannot hold a certificate; refer to a Secret"));
    } else if (!grants.permit(Kind.GATEWAY, gateway.namespace(), secret)) {
      problems.add(
          new Refusal(
              "RefNotPermitted", Grants.missing(Kind.GATEWAY, gateway.namespace(), secret)));
    } else {
      switch (certificates.server(secret)) {
        case Certificates.Read.Good<ServerCertificate>(ServerCertificate good) -> usable.add(good);
        case Certificates.Read.Bad<ServerCertificate>(String why) -> problems.add(invalid(why));
      }
    }
  }

  private static Refusal invalid(String message) {
    return new Refusal("InvalidCertificateRef", message);
  }

  private static Optional<Refusal> merge(List<Refusal> problems) {
    return problems.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                problems.getFirst().reason(),
                String.join("; ", problems.stream().map(Refusal::message).toList())));
  }
}
