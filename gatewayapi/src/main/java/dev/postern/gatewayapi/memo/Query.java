package dev.postern.gatewayapi.memo;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Values by key that a pure rule derives. A value stays the same instance until the rule gives one
/// that is not equal to it.
public final class Query<K, V> {
  private final Memo memo;
  private final Function<K, V> rule;
  private final Map<K, Derived> derived = new HashMap<>();
  private final Function<K, Derived> make = Derived::new;

  Query(Memo memo, Function<K, V> rule) {
    this.memo = memo;
    this.rule = rule;
  }

  /// The value, derived now if need be.
  public V get(K key) {
    Derived node = node(key);
    memo.noteRead(node);
    return node.current();
  }

  Derived node(K key) {
    return derived.computeIfAbsent(key, make);
  }

  final class Derived extends Computed {
    final K key;
    private @Nullable V value;

    Derived(K key) {
      super(Query.this.memo);
      memo.grow(1);
      this.key = key;
    }

    V current() {
      refresh();
      return computed(value);
    }

    @Override
    boolean compute() {
      V before = value;
      track();
      if (before == null || !before.equals(value)) {
        return true;
      }
      value = before;
      return false;
    }

    @Override
    void derive() {
      value = rule.apply(key);
    }

    @Override
    void forgetIfUnread() {
      if (isUnread()) {
        derived.remove(key, this);
        memo.grow(-1);
        releaseDependencies();
      }
    }
  }
}
