package dev.postern.ir;

import java.util.Map;

/// Everything that a data plane must do at one moment.
///
/// Parts that did not change between two values are the same instances, so that a data plane can
/// tell by identity what it may keep.
///
/// @param listeners by [Listener#name]
/// @param clusters by [Cluster#name]
/// @param loadAssignments by [LoadAssignment#clusterName]; a cluster found by DNS has none
public record Ir(
    Map<String, Listener> listeners,
    VersionedMap<String, Cluster> clusters,
    VersionedMap<String, LoadAssignment> loadAssignments) {

  /// Nothing to do.
  public static final Ir EMPTY = new Ir(Map.of(), VersionedMap.empty(), VersionedMap.empty());

  public Ir {
    listeners = Map.copyOf(listeners);
  }

  /// From any maps.
  public static Ir of(
      Map<String, Listener> listeners,
      Map<String, Cluster> clusters,
      Map<String, LoadAssignment> loadAssignments) {
    return new Ir(listeners, VersionedMap.copyOf(clusters), VersionedMap.copyOf(loadAssignments));
  }
}
