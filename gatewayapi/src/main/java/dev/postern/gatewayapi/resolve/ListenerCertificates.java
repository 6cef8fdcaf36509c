package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The certificates that a listener refers to which ends TLS (Gateway.spec.listeners[].tls). A
/// ListenerSet refers on its own account: what is granted to its Gateway is not granted to it.
final class ListenerCertificates {
  private final Grants grants;
  private final Certificates certificates;

  ListenerCertificates(Grants grants, Certificates certificates) {
    this.grants = grants;
    this.certificates = certificates;
  }

  /// @param problem with the references that do not hold; the others are served all the same
  record Found(List<ServerCertificate> usable, Optional<Refusal> problem) {}

  Found of(ObjectRef owner, Gateway.Listener listener) {
    if (!ListenerProtocol.of(listener).map(ListenerProtocol::isTls).orElse(false)
        || ListenerProtocol.isPassthrough(listener)) {
      return new Found(List.of(), Optional.empty());
    }
    List<ServerCertificate> usable = new ArrayList<>();
    List<Refusal> problems = new ArrayList<>();
    List<Gateway.SecretRef> refs =
        listener.tls().map(Gateway.Tls::certificateRefs).orElse(List.of());
    for (Gateway.SecretRef ref : refs) {
      resolve(owner, ref, usable, problems);
    }
    if (refs.isEmpty()) {
      problems.add(
          new Refusal(
              "InvalidCertificateRef", "a listener that ends TLS needs tls.certificateRefs"));
    }
    return new Found(usable, Refusal.merge(problems));
  }

  private void resolve(
      ObjectRef owner,
      Gateway.SecretRef ref,
      List<ServerCertificate> usable,
      List<Refusal> problems) {
    ObjectRef secret =
        new ObjectRef(ref.kind(), ref.namespace().orElse(owner.namespace()), ref.name());
    if (!ref.kind().equals(Kind.SECRET)) {
      problems.add(invalid(secret.withGroup() + " cannot hold a certificate; refer to a Secret"));
    } else if (!grants.permit(owner.kind(), owner.namespace(), secret)) {
      problems.add(
          new Refusal("RefNotPermitted", Grants.missing(owner.kind(), owner.namespace(), secret)));
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
}
