package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.hop.AppProtocol;
import dev.postern.gatewayapi.resolve.hop.Authority;
import dev.postern.gatewayapi.resolve.hop.Said;
import dev.postern.gatewayapi.resolve.hop.TlsWish;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resolve.wish.Material;
import dev.postern.gatewayapi.resolve.wish.Wished;
import dev.postern.gatewayapi.resolve.wish.Wished.Trouble;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.XBackend;
import dev.postern.gatewayapi.resource.XBackend.Tls;
import dev.postern.gatewayapi.resource.XBackend.Validation;
import dev.postern.ir.ClientCertificate;
import dev.postern.ir.UpstreamTls;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// XBackends as backends, and what they say about themselves (GEP-4894).
final class XBackends implements BackendSource, WishSource {
  private final Objects objects;
  private final PolicyValidation validation;
  private final Material material;
  private final Query<ObjectRef, Optional<Wished>> wishes;

  XBackends(Memo memo, Objects objects, PolicyValidation validation, Material material) {
    this.objects = objects;
    this.validation = validation;
    this.material = material;
    wishes = memo.query(ref -> objects.find(ref, XBackend.class).map(this::wish));
  }

  @Override
  public Found find(BackendPort port) {
    return objects
        .find(port.backend(), XBackend.class)
        .<Found>map(backend ->
            new Found.Known(
                Optional.empty(),
                backend.portName().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Said<>("spec.port.name", backend.portName())),
                new Where.Dns(backend.hostname(), backend.port())))
        .orElseGet(() -> new Found.Missing(port.backend() + " does not exist"));
  }

  @Override
  public List<Wish> of(BackendPort port, String portName) {
    return port.backend().kind().equals(Kind.X_BACKEND)
        ? wished(port.backend()).map(Wished::wish).stream().toList()
        : List.of();
  }

  /// Absent where there is no such XBackend.
  Optional<Wished> wished(ObjectRef ref) {
    return wishes.get(ref);
  }

  private Wished wish(XBackend backend) {
    Wish wish = Wish.nothing(Authority.XBACKEND, backend.ref());
    if (backend.protocol().isPresent()) {
      wish = wish.withProtocol("spec.protocol", protocol(backend.protocol().get()));
    }
    return backend.tls().isPresent()
        ? tls(backend, backend.tls().get(), wish)
        : new Wished(wish, List.of());
  }

  private static AppProtocol protocol(String protocol) {
    return switch (protocol) {
      case "HTTP11" -> AppProtocol.HTTP;
      case "HTTP2", "H2C" -> AppProtocol.HTTP2;
      case "TCP" -> AppProtocol.TCP;
      default -> AppProtocol.UNSET;
    };
  }

  private Wished tls(XBackend backend, Tls tls, Wish without) {
    String at = "spec.tls";
    Wish wish = without;
    if (tls.mode().equals("None")) {
      return new Wished(wish.withTls(at + ".mode", new TlsWish.Off()), List.of());
    }
    if (tls.clientCertificateRef().isPresent()) {
      String field = at + ".clientCertificateRef";
      switch (material.clientCertificate(backend.ref(), tls.clientCertificateRef().get())) {
        case Material.Read.Good<ClientCertificate>(ClientCertificate certificate) ->
            wish = wish.withClientCertificate(field, certificate);
        case Material.Read.Bad<ClientCertificate>(String why) -> {
          return refuse(wish, field, "clientCertificateRef: " + why);
        }
      }
    }
    PolicyValidation.Judged judged = validation.judge(policy(backend, tls));
    Optional<UpstreamTls> how = judged.tls();
    if (how.isEmpty()) {
      String why = judged.refused().map(Refusal::message).orElse("it cannot be followed");
      return refuse(wish, at + ".validation", why);
    }
    List<Trouble> troubles =
        judged.unresolved().stream()
            .map(refusal -> new Trouble(at + ".validation", true, refusal.message()))
            .toList();
    return new Wished(
        wish.withTls(at, new TlsWish.On(how.get().sni(), how.get().trust(), how.get().names())),
        troubles);
  }

  private static Wished refuse(Wish wish, String field, String why) {
    return new Wished(
        wish.withTls("spec.tls", new TlsWish.Invalid(wish.by() + " cannot be followed: " + why)),
        List.of(new Trouble(field, false, why)));
  }

  /// A BackendTLSPolicy that says the same, so that it is judged alike.
  private static BackendTlsPolicy policy(XBackend backend, Tls tls) {
    Validation says =
        tls.validation()
            .orElseGet(() ->
                new Validation(backend.hostname(), List.of(), Optional.of("System"), List.of()));
    return new BackendTlsPolicy(
        backend.metadata(),
        backend.version(),
        backend.origin(),
        List.of(),
        says.hostname(),
        says.caCertificateRefs(),
        says.wellKnownCaCertificates(),
        says.subjectAltNames(),
        Map.of(),
        Optional.empty());
  }
}
