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

  /// Scattered by the golden ratio, since names that are counted up would else stand in long runs
  /// in the JDK's immutable maps and make them slow to fill (measured: half the time).
  @Override
  public int hashCode() {
    return 0x9E3779B9 * (31 * (31 * kind.hashCode() + namespace.hashCode()) + name.hashCode());
  }

  @Override
  public int compareTo(ObjectRef that) {
    int byKind = kind.kind().compareTo(that.kind.kind());
    if (byKind != 0) {
      return byKind;
    }
    int byGroup = kind.group().compareTo(that.kind.group());
    if (byGroup != 0) {
      return byGroup;
    }
    int byNamespace = namespace.compareTo(that.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(that.name);
  }

  /// `Kind namespace/name`, as findings and messages write it.
  @Override
  public String toString() {
    return kind.kind() + " " + path();
  }

  /// The same with the kind's group, for messages about kinds.
  public String withGroup() {
    return kind + " " + path();
  }

  private String path() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}
