package dev.postern.gatewayapi.resource;

/// Names one object. Not a record, so that it can keep its hash: references are keys everywhere.
public final class ObjectRef implements Comparable<ObjectRef> {
  private final Kind kind;
  private final String namespace;
  private final String name;
  private final int hash;

  /// @param namespace empty for a cluster-scoped kind
  public ObjectRef(Kind kind, String namespace, String name) {
    this.kind = kind;
    this.namespace = namespace;
    this.name = name;
    // Scattered by the golden ratio, since names that are counted up would else stand in long runs
    // in the JDK's immutable maps and make them slow to fill (measured: half the time).
    hash = 0x9E3779B9 * (31 * (31 * kind.hashCode() + namespace.hashCode()) + name.hashCode());
  }

  public Kind kind() {
    return kind;
  }

  /// Empty for a cluster-scoped kind.
  public String namespace() {
    return namespace;
  }

  public String name() {
    return name;
  }

  @Override
  public boolean equals(Object other) {
    return other == this
        || (other instanceof ObjectRef that
            && hash == that.hash
            && name.equals(that.name)
            && namespace.equals(that.namespace)
            && kind.equals(that.kind));
  }

  @Override
  public int hashCode() {
    return hash;
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
