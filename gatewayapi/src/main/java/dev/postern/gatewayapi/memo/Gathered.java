package dev.postern.gatewayapi.memo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The results of one query for many keys. When some of them change, only those are looked at.
public final class Gathered<K, V> {
  private final Memo memo;
  private final Supplier<Set<K>> keys;
  private final Query<K, V> query;
  private final Query<String, Set<K>> keySet;
  private final All all;
  private final Map<K, Query<K, V>.Derived> members = new HashMap<>();
  private final TreeMap<K, V> values;
  private final Map<K, Optional<V>> before = new HashMap<>();

  Gathered(Memo memo, Supplier<Set<K>> keys, Query<K, V> query, Comparator<? super K> order) {
    this.memo = memo;
    this.keys = keys;
    this.query = query;
    this.keySet = memo.query(nothing -> this.keys.get());
    this.all = new All();
    this.values = new TreeMap<>(order);
  }

  /// What became of one key.
  ///
  /// @param before absent for a new key
  /// @param after absent for a key that is gone
  public record Change<K, V>(K key, Optional<V> before, Optional<V> after) {}

  /// The results, in the order of the keys.
  public List<V> values() {
    memo.noteRead(all);
    all.refresh();
    return List.copyOf(values.values());
  }

  /// What changed since this was called last.
  public List<Change<K, V>> changes() {
    all.refresh();
    List<Change<K, V>> changes = new ArrayList<>(before.size());
    before.forEach((key, old) -> {
      Optional<V> now = Optional.ofNullable(values.get(key));
      if (!old.equals(now)) {
        changes.add(new Change<>(key, old, now));
      }
    });
    before.clear();
    return changes;
  }

  /// Lets go of everything if no rule reads it. Returns whether it did; then it must not be used
  /// again.
  public boolean closeIfUnread() {
    if (!all.isUnread()) {
      return false;
    }
    members.values().forEach(all::unlink);
    members.clear();
    all.unlink(keySet.node(""));
    return true;
  }

  private final class All extends Computed {
    All() {
      super(Gathered.this.memo);
    }

    @Override
    boolean compute() {
      return readKeys();
    }

    @Override
    boolean update(List<Node> changed) {
      boolean differs = false;
      for (Node node : changed) {
        if (node instanceof Query<?, ?>.Derived derived) {
          differs |= take(derived);
        }
      }
      return differs;
    }

    @SuppressWarnings("unchecked") // only nodes of `query` and of `keySet` are linked
    private boolean take(Query<?, ?>.Derived derived) {
      if (derived.equals(keySet.node(""))) {
        return readKeys();
      }
      Query<K, V>.Derived member = (Query<K, V>.Derived) derived;
      return member.equals(members.get(member.key)) && put(member.key, member.current());
    }

    private boolean readKeys() {
      Query<String, Set<K>>.Derived node = keySet.node("");
      link(node);
      Set<K> wanted = node.current();
      boolean differs = false;
      for (K gone : members.keySet().stream().filter(k -> !wanted.contains(k)).toList()) {
        unlink(Computed.computed(members.remove(gone)));
        before.putIfAbsent(gone, Optional.ofNullable(values.remove(gone)));
        differs = true;
      }
      for (K key : wanted) {
        if (!members.containsKey(key)) {
          Query<K, V>.Derived member = query.node(key);
          members.put(key, member);
          link(member);
          differs |= put(key, member.current());
        }
      }
      return differs;
    }

    private boolean put(K key, V value) {
      V old = values.put(key, value);
      before.putIfAbsent(key, Optional.ofNullable(old));
      return !value.equals(old);
    }

    @Override
    void forgetIfUnread() {}
  }
}
