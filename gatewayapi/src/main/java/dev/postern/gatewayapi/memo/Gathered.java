package dev.postern.gatewayapi.memo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The results of one query for all members of an index' set, and what changed of them.
public final class Gathered<K, V> {
  private final Members<K, K, V> all;
  private final Map<K, Change<K, V>> taken = new LinkedHashMap<>();

  Gathered(Memo memo, Index.Bag<K> keys, Query<K, V> query) {
    all = new Members<>(memo, keys, key -> key, query, this::take);
  }

  /// What became of one key.
  ///
  /// @param before absent for a new key
  /// @param after absent for a key that is gone
  public record Change<K, V>(K key, Optional<V> before, Optional<V> after) {}

  /// What changed since this was called last.
  public List<Change<K, V>> changes() {
    all.refresh();
    List<Change<K, V>> changes = new ArrayList<>(taken.size());
    for (Change<K, V> change : taken.values()) {
      if (!change.before().equals(change.after())) {
        changes.add(change);
      }
    }
    taken.clear();
    return changes;
  }

  private void take(K key, Optional<V> old, Optional<V> now) {
    Change<K, V> first = taken.get(key);
    taken.put(key, new Change<>(key, first == null ? old : first.before(), now));
  }
}
