package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.DownstreamTls.ClientValidation;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whom an HTTPS listener trusts to be its clients (Gateway.spec.tls.frontend, GEP-91).
final class FrontendValidation {
  private static final List<Kind> KINDS = List.of(Kind.CONFIG_MAP, Kind.SECRET);

  private final Objects objects;
  private final Grants grants;
  private final Certificates certificates;

  FrontendValidation(Objects objects, Grants grants, Certificates certificates) {
    this.objects = objects;
    this.grants = grants;
    this.certificates = certificates;
  }

  /// @param validation absent where clients are not asked
  /// @param problem with the references that do not hold; the others are followed all the same
  /// @param refused why the listener cannot be accepted: it would trust nobody
  record Found(
      Optional<ClientValidation> validation, Optional<Refusal> problem, Optional<Refusal> refused) {
    static final Found NOTHING = new Found(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// The Gateway's word counts for listeners of ListenerSets too, as they share its ports.
  Found of(ObjectRef gateway, Gateway.Listener listener) {
    if (!GatewayRules.isHttps(listener)) {
      return Found.NOTHING;
    }
    return objects
        .find(gateway, Gateway.class)
        .flatMap(Gateway::frontend)
        .flatMap(frontend -> frontend.at(listener.port()))
        .map(validation -> find(gateway, validation))
        .orElse(Found.NOTHING);
  }

  private Found find(ObjectRef gateway, Gateway.Validation validation) {
    List<X509Certificate> trust = new ArrayList<>();
    List<Refusal> problems = new ArrayList<>();
    validation.caCertificateRefs().forEach(ref -> resolve(gateway, ref, trust, problems));
    Optional<Refusal> problem = Refusal.merge(problems);
    return new Found(
        Optional.of(new ClientValidation(trust, validation.insecureFallback())),
        problem,
        trust.isEmpty()
            ? problem.map(why -> new Refusal("NoValidCACertificate", why.message()))
            : Optional.empty());
  }

  private void resolve(
      ObjectRef gateway,
      Gateway.SecretRef ref,
      List<X509Certificate> trust,
      List<Refusal> problems) {
    ObjectRef bundle =
        new ObjectRef(ref.kind(), ref.namespace().orElse(gateway.namespace()), ref.name());
    if (!KINDS.contains(ref.kind())) {
      problems.add(
          new Refusal(
              "InvalidCACertificateKind",
              "tls.frontend: "
                  + bundle.withGroup()
                  + " cannot hold CA certificates; refer to a ConfigMap or a Secret"));
    } else if (!grants.permit(Kind.GATEWAY, gateway.namespace(), bundle)) {
      problems.add(
          new Refusal(
              "RefNotPermitted",
              "tls.frontend: " + Grants.missing(Kind.GATEWAY, gateway.namespace(), bundle)));
    } else {
      switch (certificates.caBundle(bundle)) {
        case Certificates.Read.Good<List<X509Certificate>>(var anchors) -> trust.addAll(anchors);
        case Certificates.Read.Bad<List<X509Certificate>>(String why) ->
            problems.add(new Refusal("InvalidCACertificateRef", "tls.frontend: " + why));
      }
    }
  }
}
