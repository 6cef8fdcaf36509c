package dev.postern.gatewayapi.resource;

import java.time.Instant;
import java.util.Map;

/// What every object carries.
///
/// @param namespace `default` where a namespaced object says none; empty for a cluster-scoped one
/// @param generation grows when the spec changes, from [#FIRST_GENERATION] on, which is also that
///   of an object which says none; becomes observedGeneration
/// @param creationTimestamp [Instant#EPOCH] when the object says none, so that in files without
///   time stamps the name decides who is older
public record Metadata(
    String namespace,
    String name,
    long generation,
    Instant creationTimestamp,
    Map<String, String> labels,
    Map<String, String> annotations) {
  /// That of an object which is new.
  public static final long FIRST_GENERATION = 1;

  public Metadata {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }
}
