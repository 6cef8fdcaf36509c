package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// gateway.networking.k8s.io BackendTLSPolicy, v1 and v1alpha3 alike.
///
/// @param wellKnownCaCertificates `System` or `domain/name`; exactly one of it and
///   caCertificateRefs is given
/// @param refusal why the object is refused, where this only [#standsIn] for it: then its targets
///   are all that counts
public record BackendTlsPolicy(
    Metadata metadata,
    String version,
    Origin origin,
    List<TargetRef> targetRefs,
    String hostname,
    List<LocalRef> caCertificateRefs,
    Optional<String> wellKnownCaCertificates,
    List<SubjectAltName> subjectAltNames,
    Map<String, String> options,
    Optional<String> refusal)
    implements Resource {

  public BackendTlsPolicy {
    targetRefs = List.copyOf(targetRefs);
    caCertificateRefs = List.copyOf(caCertificateRefs);
    subjectAltNames = List.copyOf(subjectAltNames);
    options = Map.copyOf(options);
  }

  /// What it applies to, in its own namespace.
  ///
  /// @param sectionName a Service's port name; absent for all ports
  public record TargetRef(Kind kind, String name, Optional<String> sectionName) {}

  /// A reference to an object of its own namespace.
  public record LocalRef(Kind kind, String name) {}

  /// spec.validation.subjectAltNames[].
  public sealed interface SubjectAltName {
    record Hostname(String hostname) implements SubjectAltName {}

    record Uri(String uri) implements SubjectAltName {}
  }

  @Override
  public Kind kind() {
    return Kind.BACKEND_TLS_POLICY;
  }
}
