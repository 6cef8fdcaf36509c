package dev.postern.gatewayapi.translate;

import dev.postern.ir.VersionedMap;

/// A map that is changed piece by piece; a new version is made at most once between two changes.
final class Keyed<K, V> {
  private final VersionedMap.Edit<K, V> edit = VersionedMap.<K, V>empty().edit();
  private boolean changed;

  /// Keeps the instance that is there where the new one is equal.
  void put(K key, V value) {
    if (!value.equals(edit.get(key))) {
      edit.put(key, value);
      changed = true;
    }
  }

  void remove(K key) {
    if (edit.get(key) != null) {
      edit.remove(key);
      changed = true;
    }
  }

  boolean isChanged() {
    return changed;
  }

  VersionedMap<K, V> snapshot() {
    changed = false;
    return edit.done();
  }
}
