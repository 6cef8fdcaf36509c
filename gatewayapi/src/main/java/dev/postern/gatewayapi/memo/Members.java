package dev.postern.gatewayapi.memo;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// A node over the results of one query for all members of an index' set. When some change, only
/// those are looked at; the set itself is never copied.
///
/// @param <E> what the set holds
/// @param <K> what the query is asked by
final class Members<E, K, V> extends Computed {
  private final Index.Bag<E> bag;
  private final Function<E, K> key;
  private final Query<K, V> query;
  private final Taker<K, V> taker;
  private final Consumer<E> watcher = this::touch;
  private final Set<E> touched = new LinkedHashSet<>();
  private final Map<K, Query<K, V>.Derived> members = new HashMap<>();
  private final Map<K, V> values = new HashMap<>();

  /// Takes in what became of one member; at least one of the two is there, and they differ.
  interface Taker<K, V> {
    void take(K key, Optional<V> before, Optional<V> after);
  }

  Members(Memo memo, Index.Bag<E> bag, Function<E, K> key, Query<K, V> query, Taker<K, V> taker) {
    super(memo);
    this.bag = bag;
    this.key = key;
    this.query = query;
    this.taker = taker;
    bag.watch(watcher);
    link(bag);
    bag.forEach(watcher);
  }

  private void touch(E element) {
    touched.add(element);
  }

  @Override
  boolean compute() {
    return update(List.of());
  }

  @Override
  boolean update(List<Node> changed) {
    boolean differs = false;
    for (E element : touched) {
      differs |= bag.contains(element) ? join(key.apply(element)) : leave(key.apply(element));
    }
    touched.clear();
    for (Node node : changed) {
      if (node instanceof Query<?, ?>.Derived derived) {
        differs |= renew(derived);
      }
    }
    return differs;
  }

  private boolean join(K key) {
    if (members.containsKey(key)) {
      return false;
    }
    Query<K, V>.Derived member = query.node(key);
    members.put(key, member);
    link(member);
    return put(key, member.current());
  }

  private boolean leave(K key) {
    Query<K, V>.Derived member = members.remove(key);
    if (member == null) {
      return false;
    }
    unlink(member);
    taker.take(key, Optional.ofNullable(values.remove(key)), Optional.empty());
    return true;
  }

  @SuppressWarnings("unchecked") // the bag and nodes of `query` are all that is linked
  private boolean renew(Query<?, ?>.Derived derived) {
    Query<K, V>.Derived member = (Query<K, V>.Derived) derived;
    return member.equals(members.get(member.key)) && put(member.key, member.current());
  }

  private boolean put(K key, V value) {
    V before = values.put(key, value);
    if (value.equals(before)) {
      return false;
    }
    taker.take(key, Optional.ofNullable(before), Optional.of(value));
    return true;
  }

  /// Lets go of everything; it must not be used again.
  void close() {
    bag.unwatch(watcher);
    unlink(bag);
    members.values().forEach(this::unlink);
    members.clear();
  }

  @Override
  void forgetIfUnread() {}
}
