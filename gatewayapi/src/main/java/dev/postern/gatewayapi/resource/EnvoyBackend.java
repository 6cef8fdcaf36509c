package dev.postern.gatewayapi.resource;

import dev.postern.gatewayapi.resource.BackendTlsPolicy.LocalRef;
import java.util.List;
import java.util.Optional;

/// gateway.envoyproxy.io Backend, of Envoy Gateway, as far as it is honoured.
///
/// @param type `Endpoints` (the default) or `DynamicResolver`
public record EnvoyBackend(
    Metadata metadata,
    String version,
    Origin origin,
    String type,
    List<Endpoint> endpoints,
    List<String> appProtocols,
    Optional<Tls> tls)
    implements Resource {

  public EnvoyBackend {
    endpoints = List.copyOf(endpoints);
    appProtocols = List.copyOf(appProtocols);
  }

  /// spec.endpoints[].
  public sealed interface Endpoint {
    record Fqdn(String hostname, int port) implements Endpoint {}

    record Ip(String address, int port) implements Endpoint {}

    record Unix() implements Endpoint {}
  }

  /// spec.tls.
  public record Tls(
      List<LocalRef> caCertificateRefs,
      Optional<String> wellKnownCaCertificates,
      boolean insecureSkipVerify,
      Optional<String> sni,
      Optional<Gateway.SecretRef> clientCertificateRef,
      TlsLimits limits) {
    public Tls {
      caCertificateRefs = List.copyOf(caCertificateRefs);
    }
  }

  @Override
  public Kind kind() {
    return Kind.ENVOY_BACKEND;
  }
}
