package dev.postern.gatewayapi.resource;

/// Names one object.
///
/// @param namespace empty for a cluster-scoped kind
public record ObjectRef(Kind kind, String namespace, String name) implements Comparable<ObjectRef> {

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
