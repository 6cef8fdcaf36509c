package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.hop.GatewaySide;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.ClientCertificate;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import java.util.Optional;

/// What Gateways bring to the hops of requests that come through them: a client certificate
/// (GEP-3155), consent, their namespace where Istio's rules depend on it, and that a policy's
/// status has no room for them. A Gateway that brings nothing shares everything with all the others
/// of that kind.
public final class GatewaySides {
  private final Objects objects;
  private final Grants grants;
  private final Certificates certificates;
  private final Query<ObjectRef, Found> found;
  private final Query<ObjectRef, Boolean> special;

  GatewaySides(
      Memo memo,
      Objects objects,
      Grants grants,
      Certificates certificates,
      DestinationRules rules,
      AncestorLimit limit) {
    this.objects = objects;
    this.grants = grants;
    this.certificates = certificates;
    found = memo.query(this::find);
    special =
        memo.query(gateway ->
            !of(gateway).equals(GatewaySide.NOTHING)
                || rules.isSpecial(gateway)
                || !limit.policiesWithout(gateway).isEmpty());
  }

  /// @param problem why the certificate that is asked for is not shown
  private record Found(GatewaySide side, Optional<Refusal> problem) {}

  /// The Gateway itself where it brings something, so that it can be part of a key.
  public Optional<ObjectRef> special(ObjectRef gateway) {
    return special.get(gateway) ? Optional.of(gateway) : Optional.empty();
  }

  GatewaySide of(ObjectRef gateway) {
    return found.get(gateway).side();
  }

  Optional<Refusal> problem(ObjectRef gateway) {
    return found.get(gateway).problem();
  }

  private Found find(ObjectRef ref) {
    Optional<Gateway> gateway = objects.find(ref, Gateway.class);
    boolean consents =
        gateway
            .map(g -> "true".equals(g.metadata().annotations().get(GatewaySide.ALLOW_INSECURE)))
            .orElse(false);
    Optional<Certificates.Read<ServerCertificate>> read = Optional.empty();
    Optional<Refusal> problem = Optional.empty();
    Optional<Gateway.SecretRef> asked = gateway.flatMap(Gateway::clientCertificateRef);
    if (asked.isPresent()) {
      problem = refusal(ref, asked.get());
      if (problem.isEmpty()) {
        read = Optional.of(certificates.server(secret(ref, asked.get())));
      }
    }
    Optional<ClientCertificate> certificate = Optional.empty();
    if (read.isPresent()) {
      switch (read.get()) {
        case Certificates.Read.Good<ServerCertificate>(ServerCertificate good) ->
            certificate =
                Optional.of(new ClientCertificate(good.name(), good.chain(), good.privateKey()));
        case Certificates.Read.Bad<ServerCertificate>(String why) -> problem = invalid(why);
      }
    }
    return new Found(
        consents || certificate.isPresent()
            ? new GatewaySide(Optional.of(ref), certificate, consents)
            : GatewaySide.NOTHING,
        problem);
  }

  private static ObjectRef secret(ObjectRef gateway, Gateway.SecretRef ref) {
    return new ObjectRef(ref.kind(), ref.namespace().orElse(gateway.namespace()), ref.name());
  }

  private Optional<Refusal> refusal(ObjectRef gateway, Gateway.SecretRef ref) {
    ObjectRef secret = secret(gateway, ref);
    if (!grants.permit(Kind.GATEWAY, gateway.namespace(), secret)) {
      return Optional.of(
          new Refusal(
              "RefNotPermitted",
              GatewaySide.CLIENT_CERTIFICATE
                  + ": "
                  + Grants.missing(Kind.GATEWAY, gateway.namespace(), secret)));
    }
    return ref.kind().equals(Kind.SECRET)
        ? Optional.empty()
        : invalid(secret.withGroup() + " cannot hold a certificate; refer to a Secret");
  }

  private static Optional<Refusal> invalid(String why) {
    return Optional.of(
        new Refusal(
            "InvalidClientCertificateRef",
            GatewaySide.CLIENT_CERTIFICATE
                + ": "
                + why
                + ". Until then no certificate is shown to backends."));
  }
}
