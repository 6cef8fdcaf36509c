package dev.postern.gatewayapi.translate;

import java.util.HashMap;
import java.util.Map;

/// A map that is changed piece by piece and copied at most once between two changes.
final class Keyed<K, V> {
  private final Map<K, V> entries = new HashMap<>();
  private Map<K, V> snapshot = Map.of();
  private boolean changed;

  void put(K key, V value) {
    changed |= entries.put(key, value) != value;
  }

  /// Removes the entry if it is still this one.
  void remove(K key, V value) {
    if (entries.get(key) == value) {
      entries.remove(key);
      changed = true;
    }
  }

  boolean isChanged() {
    return changed;
  }

  Map<K, V> snapshot() {
    if (changed) {
      snapshot = Map.copyOf(entries);
      changed = false;
    }
    return snapshot;
  }
}
