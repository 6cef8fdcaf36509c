package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// gateway.networking.k8s.io Gateway.
///
/// @param clientCertificateRef spec.tls.backend.clientCertificateRef
/// @param frontend spec.tls.frontend
/// @param allowedListeners whose ListenerSets may join; nobody's is the default
/// @param unsupported fields that are there, valid, and not built yet, such as `spec.defaultScope`:
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
    Optional<Frontend> frontend,
    FromNamespaces allowedListeners,
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

  /// spec.listeners[] of a Gateway or of a ListenerSet.
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

  /// spec.tls.frontend (GEP-91).
  ///
  /// @param byDefault for the HTTPS listeners of all other ports; absent where clients are not
  ///   asked
  /// @param perPort absent values for ports where clients are not asked
  public record Frontend(
      Optional<Validation> byDefault, Map<Integer, Optional<Validation>> perPort) {
    public Frontend {
      perPort = Map.copyOf(perPort);
    }

    /// Whether some port lets in clients without a valid certificate.
    public boolean hasInsecureFallback() {
      return byDefault.map(Validation::insecureFallback).orElse(false)
          || perPort.values().stream()
              .anyMatch(at -> at.map(Validation::insecureFallback).orElse(false));
    }

    /// What counts at a port.
    public Optional<Validation> at(int port) {
      return perPort.getOrDefault(port, byDefault);
    }
  }

  /// How clients' certificates are verified.
  ///
  /// @param insecureFallback whether those who show none, or a wrong one, come in all the same
  public record Validation(List<SecretRef> caCertificateRefs, boolean insecureFallback) {
    public Validation {
      caCertificateRefs = List.copyOf(caCertificateRefs);
    }
  }

  /// spec.listeners[].allowedRoutes.
  ///
  /// @param kinds empty for all that the protocol can carry
  public record AllowedRoutes(FromNamespaces from, List<Kind> kinds) {
    public AllowedRoutes {
      kinds = List.copyOf(kinds);
    }
  }

  /// spec.listeners[].allowedRoutes.namespaces and spec.allowedListeners.namespaces.
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
