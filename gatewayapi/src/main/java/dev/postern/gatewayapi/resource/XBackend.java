package dev.postern.gatewayapi.resource;

import dev.postern.gatewayapi.resource.BackendTlsPolicy.LocalRef;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.SubjectAltName;
import java.util.List;
import java.util.Optional;

/// gateway.networking.x-k8s.io XBackend (GEP-4894) of type ExternalHostname.
///
/// @param hostname lower case; found by DNS
/// @param protocol `TCP`, `HTTP`, `HTTP2`, `HTTP11`, `H2C` or `MCP`
public record XBackend(
    Metadata metadata,
    String version,
    Origin origin,
    String hostname,
    int port,
    String portName,
    Optional<String> protocol,
    Optional<Tls> tls)
    implements Resource {

  /// spec.tls.
  ///
  /// @param mode `None`, `ServerOnly` or `ClientAndServer`
  /// @param clientCertificateRef present exactly with `ClientAndServer`
  /// @param validation absent for the system's CAs and the backend's own name
  public record Tls(
      String mode,
      Optional<Gateway.SecretRef> clientCertificateRef,
      Optional<Validation> validation) {}

  /// spec.tls.validation, as a BackendTLSPolicy has it.
  public record Validation(
      String hostname,
      List<LocalRef> caCertificateRefs,
      Optional<String> wellKnownCaCertificates,
      List<SubjectAltName> subjectAltNames) {
    public Validation {
      caCertificateRefs = List.copyOf(caCertificateRefs);
      subjectAltNames = List.copyOf(subjectAltNames);
    }
  }

  @Override
  public Kind kind() {
    return Kind.X_BACKEND;
  }
}
