package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Optional;

/// gateway.networking.k8s.io ReferenceGrant: who may refer to objects of its namespace.
public record ReferenceGrant(
    Metadata metadata, String version, Origin origin, List<From> from, List<To> to)
    implements Resource {

  public ReferenceGrant {
    from = List.copyOf(from);
    to = List.copyOf(to);
  }

  /// Who refers.
  public record From(Kind kind, String namespace) {}

  /// To what; without a name, to every object of that kind.
  public record To(Kind kind, Optional<String> name) {}

  @Override
  public Kind kind() {
    return Kind.REFERENCE_GRANT;
  }
}
