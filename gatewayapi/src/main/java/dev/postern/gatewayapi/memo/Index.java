package dev.postern.gatewayapi.memo;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Sets by key, changed from outside, and the set of keys that have members.
public final class Index<K, E> {
  private final Memo memo;
  private final Map<K, Members> members = new HashMap<>();
  private final Bag<K> keys;

  Index(Memo memo) {
    this.memo = memo;
    this.keys = new Bag<>(memo);
  }

  /// The members of a key.
  public Set<E> get(K key) {
    return members.computeIfAbsent(key, Members::new).read();
  }

  /// The keys that have members.
  public Set<K> keys() {
    return keys.read();
  }

  /// Whether a key has members, without taking note of who asks.
  public boolean contains(K key) {
    Members set = members.get(key);
    return set != null && set.size() > 0;
  }

  public void add(K key, E element) {
    Members set = members.computeIfAbsent(key, Members::new);
    if (set.add(element) && set.size() == 1) {
      keys.add(key);
    }
  }

  public void remove(K key, E element) {
    Members set = members.get(key);
    if (set != null && set.remove(element) && set.size() == 0) {
      keys.remove(key);
      set.forgetIfUnread();
    }
  }

  /// A set that copies itself at most once between two changes, and only when it is read.
  private static class Bag<T> extends Node {
    private final Set<T> elements = new HashSet<>();
    private @Nullable Set<T> snapshot;

    Bag(Memo memo) {
      super(memo);
    }

    final Set<T> read() {
      memo.noteRead(this);
      Set<T> copy = snapshot;
      if (copy == null) {
        copy = Set.copyOf(elements);
        snapshot = copy;
      }
      return copy;
    }

    final boolean add(T element) {
      return changed(elements.add(element));
    }

    final boolean remove(T element) {
      return changed(elements.remove(element));
    }

    final int size() {
      return elements.size();
    }

    private boolean changed(boolean really) {
      if (really) {
        snapshot = null;
        changedAt = memo.nextRevision();
        suspectReaders();
      }
      return really;
    }

    @Override
    void refresh() {}

    @Override
    void forgetIfUnread() {}
  }

  private final class Members extends Bag<E> {
    private final K key;

    Members(K key) {
      super(Index.this.memo);
      memo.grow(1);
      this.key = key;
    }

    @Override
    void forgetIfUnread() {
      if (isUnread() && size() == 0) {
        if (members.remove(key, this)) {
          memo.grow(-1);
        }
      }
    }
  }
}
