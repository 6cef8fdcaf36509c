package dev.postern.gatewayapi.resolve.wish;

import dev.postern.gatewayapi.resolve.hop.Authority;
import dev.postern.gatewayapi.resolve.hop.TlsWish;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resolve.wish.Material.Read;
import dev.postern.gatewayapi.resource.EnvoyBackend;
import dev.postern.gatewayapi.resource.EnvoyBackend.Tls;
import dev.postern.ir.ClientCertificate;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.ir.UpstreamTls.Trust;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What an Envoy Gateway Backend says about TLS to itself.
public final class EnvoyBackendWish {
  private static final String TLS = "spec.tls";

  private EnvoyBackendWish() {}

  public static Wished of(EnvoyBackend backend, Material material) {
    Wish nothing = Wish.nothing(Authority.FOREIGN, backend.ref());
    return backend
        .tls()
        .map(tls -> of(backend, tls, material, nothing))
        .orElseGet(() -> new Wished(nothing, List.of()));
  }

  private static Wished of(EnvoyBackend backend, Tls tls, Material material, Wish nothing) {
    Wish wish = nothing;
    TlsParameters parameters = Parameters.of(tls.limits());
    Optional<String> unknown = Parameters.unknownCiphers(parameters.cipherSuites());
    if (unknown.isPresent()) {
      return Foreign.refuse(wish, TLS, ".ciphers", unknown.get());
    }
    if (!parameters.equals(TlsParameters.DEFAULT)) {
      wish = wish.withTlsParameters(TLS, parameters);
    }
    if (tls.clientCertificateRef().isPresent()) {
      switch (material.clientCertificate(backend.ref(), tls.clientCertificateRef().get())) {
        case Read.Good<ClientCertificate>(ClientCertificate certificate) ->
            wish = wish.withClientCertificate(TLS + ".clientCertificateRef", certificate);
        case Read.Bad<ClientCertificate>(String why) -> {
          return Foreign.refuse(wish, TLS, ".clientCertificateRef", "clientCertificateRef: " + why);
        }
      }
    }
    Optional<String> sni = sni(backend, tls);
    boolean byEndpoint = goesByEndpoint(backend);
    if (tls.insecureSkipVerify()) {
      return Foreign.follow(
          wish,
          TLS,
          byEndpoint
              ? new TlsWish.On(
                  "",
                  new Trust.Unverified(),
                  List.of(new SubjectName.Any(), new SubjectName.OfEndpoint()))
              : Foreign.unverified(sni));
    }
    Read<Trust> trust = trust(backend, tls, material);
    if (trust instanceof Read.Bad<Trust>(String why)) {
      return Foreign.refuse(wish, TLS, "", why);
    }
    if (sni.isEmpty() && !byEndpoint) {
      return Foreign.refuse(
          wish,
          TLS,
          "",
          "says TLS to IP addresses without an sni, and the client's Host header is not taken for"
              + " the name to verify; add sni");
    }
    return Foreign.follow(
        wish,
        TLS,
        new TlsWish.On(
            sni.orElse(""),
            ((Read.Good<Trust>) trust).value(),
            List.of(
                sni.<SubjectName>map(SubjectName.Dns::new)
                    .orElseGet(SubjectName.OfEndpoint::new))));
  }

  /// Whether each endpoint is sent, and must have, a name of its own.
  public static boolean goesByEndpoint(EnvoyBackend backend) {
    return backend.tls().filter(tls -> tls.sni().isEmpty()).isPresent()
        && backend.tlsNames().size() > 1;
  }

  /// The one name for all endpoints.
  private static Optional<String> sni(EnvoyBackend backend, Tls tls) {
    List<String> own = backend.tlsNames();
    return tls.sni()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .or(() -> own.size() == 1 ? Optional.of(own.getFirst()) : Optional.empty());
  }

  private static Read<Trust> trust(EnvoyBackend backend, Tls tls, Material material) {
    if (tls.wellKnownCaCertificates().isPresent()) {
      return Foreign.wellKnown(tls.wellKnownCaCertificates().get());
    }
    if (!tls.caCertificateRefs().isEmpty()) {
      return Authorities.read(material, backend.metadata().namespace(), tls.caCertificateRefs());
    }
    return new Read.Bad<>(
        "says TLS and no CA to trust; add caCertificateRefs, or wellKnownCACertificates: System, or"
            + " a BackendTLSPolicy for it");
  }
}
