package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// gateway.networking.k8s.io Gateway.
///
/// @param clientCertificateRef spec.tls.backend.clientCertificateRef
/// @param unsupported fields that are there, valid, and not built yet, such as `spec.tls.frontend`:
///   resolve refuses them with a condition
public record Gateway(
    Metadata metadata,
    String version,
    Origin origin,
    String gatewayClassName,
    List<Listener> listeners,
    List<Address> addresses,
    Map<String, String> infrastructureLabels,
    Map<String, String> infrastructureAnnotations,
    Optional<GatewayClass.LocalParametersRef> parametersRef,
    Optional<SecretRef> clientCertificateRef,
    List<String> unsupported)
    implements Resource {

  public Gateway {
    listeners = List.copyOf(listeners);
    addresses = List.copyOf(addresses);
    infrastructureLabels = Map.copyOf(infrastructureLabels);
    infrastructureAnnotations = Map.copyOf(infrastructureAnnotations);
    unsupported = List.copyOf(unsupported);
  }

  /// spec.addresses[].
  ///
  /// @param type `IPAddress` (the default), `Hostname` or `domain/name`
  /// @param value empty asks for any address
  public record Address(String type, String value) {}

  /// spec.listeners[].
  ///
  /// @param hostname lower case, exact or `*.suffix`; absent for any
  /// @param protocol `HTTP`, `HTTPS`, `TLS`, `TCP`, `UDP` or `domain/name`
  public record Listener(
      String name,
      Optional<String> hostname,
      int port,
      String protocol,
      Optional<Tls> tls,
      AllowedRoutes allowedRoutes) {}

  /// spec.listeners[].tls.
  ///
  /// @param mode `Terminate` (the default) or `Passthrough`
  public record Tls(String mode, List<SecretRef> certificateRefs, Map<String, String> options) {
    public Tls {
      certificateRefs = List.copyOf(certificateRefs);
      options = Map.copyOf(options);
    }
  }

  /// A reference to a Secret, or to what should have been one.
  ///
  /// @param namespace absent for the Gateway's own
  public record SecretRef(Kind kind, Optional<String> namespace, String name) {}

  /// spec.listeners[].allowedRoutes.
  ///
  /// @param kinds empty for all that the protocol can carry
  public record AllowedRoutes(FromNamespaces from, List<Kind> kinds) {
    public AllowedRoutes {
      kinds = List.copyOf(kinds);
    }
  }

  /// spec.listeners[].allowedRoutes.namespaces.
  public sealed interface FromNamespaces {
    record All() implements FromNamespaces {}

    /// The default.
    record Same() implements FromNamespaces {}

    record None() implements FromNamespaces {}

    record Selected(LabelSelector selector) implements FromNamespaces {}
  }

  @Override
  public Kind kind() {
    return Kind.GATEWAY;
  }
}
