package dev.postern.gatewayapi.resource;

/// Names one object.
///
/// @param namespace empty for a cluster-scoped kind
public record ObjectRef(Kind kind, String namespace, String name) implements Comparable<ObjectRef> {

  // Written out, as references are keys everywhere and the generated ones start slowly.
  @Override
  public boolean equals(Object other) {
    return other instanceof ObjectRef that
        && name.equals(that.name)
        && namespace.equals(that.namespace)
        && kind.equals(that.kind);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * kind.hashCode() + namespace.hashCode()) + name.hashCode();
  }

  @Override
  public int compareTo(ObjectRef that) {
    int byKind = kind.toString().compareTo(that.kind.toString());
    if (byKind != 0) {
      return byKind;
    }
    int byNamespace = namespace.compareTo(that.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(that.name);
  }

  /// `Kind namespace/name`, as findings and messages write it.
  @Override
  public String toString() {
    return kind.kind() + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
  }
}
