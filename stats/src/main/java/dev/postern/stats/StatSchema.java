package dev.postern.stats;

import java.util.List;

/// The names of one kind of group, in Envoy's words, with their types. A stat's index in the list
/// is how code refers to it; enums whose ordinal is that index are the usual way.
public record StatSchema(List<Stat> stats) {

  /// What a number means.
  public enum Type {
    /// Only grows.
    COUNTER,
    /// Goes up and down.
    GAUGE
  }

  /// One name, such as `upstream_cx_total`.
  public record Stat(String name, Type type) {}

  public StatSchema {
    stats = List.copyOf(stats);
  }
}
