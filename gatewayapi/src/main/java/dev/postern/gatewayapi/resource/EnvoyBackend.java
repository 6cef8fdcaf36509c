package dev.postern.gatewayapi.resource;

import dev.postern.gatewayapi.resource.BackendTlsPolicy.LocalRef;
import java.util.List;
import java.util.Locale;
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
    /// @param name `hostname` of the endpoint, which stands for that of `fqdn` in TLS
    record Fqdn(String hostname, int port, Optional<String> name) implements Endpoint {}

    /// @param name `hostname` of the endpoint
    record Ip(String address, int port, Optional<String> name) implements Endpoint {}

    record Unix() implements Endpoint {}

    /// What it is called in TLS where there is no `sni`.
    default Optional<String> tlsName() {
      return switch (this) {
        case Fqdn fqdn -> fqdn.name().or(() -> Optional.of(fqdn.hostname())).map(Endpoint::plain);
        case Ip ip -> ip.name().map(Endpoint::plain);
        case Unix _ -> Optional.empty();
      };
    }

    private static String plain(String hostname) {
      String name = hostname.toLowerCase(Locale.ROOT);
      return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
  }

  /// The names of its endpoints in TLS, each once; none where one of them has none.
  public List<String> tlsNames() {
    List<Optional<String>> names = endpoints.stream().map(Endpoint::tlsName).toList();
    return names.contains(Optional.<String>empty())
        ? List.of()
        : names.stream().flatMap(Optional::stream).distinct().toList();
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
