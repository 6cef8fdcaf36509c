package dev.postern.gatewayapi.translate;

import java.util.HashMap;
import java.util.Map;

/// A map that is changed piece by piece and copied at most once between two changes.
final class Keyed<K, V> {
  private final Map<K, V> entries = new HashMap<>();
  private Map<K, V> snapshot = Map.of();
  private boolean changed;

  /// Keeps the instance that is there where the new one is equal.
  void put(K key, V value) {
    V before = entries.get(key);
    if (!value.equals(before)) {
      entries.put(key, value);
      changed = true;
    }
  }

  void remove(K key) {
    changed |= entries.remove(key) != null;
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
