package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.BackendSource.Found;
import dev.postern.gatewayapi.resource.Kind;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The kinds of objects that a backendRef may name.
public final class Backends {
  private final Map<Kind, BackendSource> sources;

  Backends(Map<Kind, BackendSource> sources) {
    this.sources = Map.copyOf(sources);
  }

  /// All of them.
  public Set<Kind> kinds() {
    return sources.keySet();
  }

  boolean isKnown(Kind kind) {
    return sources.containsKey(kind);
  }

  /// What is known of a port.
  public Found find(BackendPort port) {
    BackendSource source = sources.get(port.backend().kind());
    return source == null
        ? new Found.Missing(port.backend() + " is of a kind that Postern does not know")
        : source.find(port);
  }

  /// The kinds in words.
  String words() {
    Set<String> names = new TreeSet<>();
    sources.keySet().forEach(kind -> names.add(kind.toString()));
    return String.join(", ", names);
  }
}
