package dev.postern.gatewayapi.memo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Sets by key, changed from outside.
public final class Index<K, E> {
  private final Memo memo;
  private final Map<K, Members> members = new HashMap<>();
  private final Function<K, Members> make = Members::new;

  Index(Memo memo) {
    this.memo = memo;
  }

  /// The members of a key.
  public Set<E> get(K key) {
    return members(key).read();
  }

  /// How many members a key has.
  public int count(K key) {
    Members set = members(key);
    memo.noteRead(set);
    return set.size();
  }

  Bag<E> bag(K key) {
    return members(key);
  }

  private Members members(K key) {
    return members.computeIfAbsent(key, make);
  }

  /// Whether a key has members, without taking note of who asks.
  public boolean contains(K key) {
    Members set = members.get(key);
    return set != null && set.size() > 0;
  }

  public void add(K key, E element) {
    members(key).add(element);
  }

  public void remove(K key, E element) {
    Members set = members.get(key);
    if (set != null && set.remove(element)) {
      set.forgetIfUnread();
    }
  }

  /// A set that copies itself at most once between two changes, and only when it is read.
  static class Bag<T> extends Node {
    /// Immutable up to one element: most keys have no more.
    private Set<T> elements = Set.of();

    private List<Consumer<T>> watchers = List.of();
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
      if (elements.isEmpty()) {
        elements = Set.of(element);
        return changed(element, true);
      }
      if (elements.size() == 1 && !(elements instanceof HashSet)) {
        if (elements.contains(element)) {
          return false;
        }
        elements = new HashSet<>(elements);
      }
      return changed(element, elements.add(element));
    }

    final boolean remove(T element) {
      if (elements instanceof HashSet) {
        return changed(element, elements.remove(element));
      }
      boolean there = elements.contains(element);
      if (there) {
        elements = Set.of();
      }
      return changed(element, there);
    }

    final int size() {
      return elements.size();
    }

    final boolean contains(T element) {
      return elements.contains(element);
    }

    final void forEach(Consumer<T> each) {
      elements.forEach(each);
    }

    /// Tells of every element that comes or goes.
    final void watch(Consumer<T> watcher) {
      if (watchers.isEmpty()) {
        watchers = new ArrayList<>(1);
      }
      watchers.add(watcher);
    }

    final void unwatch(Consumer<T> watcher) {
      if (!watchers.isEmpty()) {
        watchers.remove(watcher);
      }
    }

    private boolean changed(T element, boolean really) {
      if (really) {
        for (int i = 0; i < watchers.size(); i++) {
          watchers.get(i).accept(element);
        }
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
