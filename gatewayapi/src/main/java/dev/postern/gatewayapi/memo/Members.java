package dev.postern.gatewayapi.memo;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
  private final Map<K, Member<K, V>> members = new HashMap<>();

  /// A result and its value as it was taken last; null before it was.
  private static final class Member<K, V> {
    final Query<K, V>.Derived node;
    @Nullable V value;

    Member(Query<K, V>.Derived node) {
      this.node = node;
    }
  }

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
    Member<K, V> member = new Member<>(query.node(key));
    members.put(key, member);
    link(member.node);
    return put(key, member);
  }

  private boolean leave(K key) {
    Member<K, V> member = members.remove(key);
    if (member == null) {
      return false;
    }
    unlink(member.node);
    taker.take(key, Optional.ofNullable(member.value), Optional.empty());
    return true;
  }

  @SuppressWarnings("unchecked") // the bag and nodes of `query` are all that is linked
  private boolean renew(Query<?, ?>.Derived derived) {
    Query<K, V>.Derived node = (Query<K, V>.Derived) derived;
    Member<K, V> member = members.get(node.key);
    return member != null && node.equals(member.node) && put(node.key, member);
  }

  private boolean put(K key, Member<K, V> member) {
    V before = member.value;
    V value = member.node.current();
    member.value = value;
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
    members.values().forEach(member -> unlink(member.node));
    members.clear();
  }

  @Override
  void forgetIfUnread() {}
}
