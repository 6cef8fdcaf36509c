package dev.postern.gatewayapi.resource;

/// core Namespace: its labels. A namespace that is used in files and not declared exists all the
/// same, with the one label `kubernetes.io/metadata.name`.
public record Namespace(Metadata metadata, String version, Origin origin) implements Resource {
  @Override
  public Kind kind() {
    return Kind.NAMESPACE;
  }
}
