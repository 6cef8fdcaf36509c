package dev.postern.gatewayapi.memo;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/// The lists that a query gives for all members of an index' set, merged into one sorted list. No
/// two elements may compare as equal.
///
/// @param <T> an element of the lists
public final class Merged<T> {
  private final Memo memo;
  private final Members<?, ?, List<T>> all;
  private final TreeSet<T> sorted;

  <E, K> Merged(
      Memo memo,
      Index.Bag<E> bag,
      Function<E, K> key,
      Query<K, List<T>> query,
      Comparator<? super T> order) {
    this.memo = memo;
    sorted = new TreeSet<>(order);
    all = new Members<>(memo, bag, key, query, (_, before, after) -> take(before, after));
  }

  /// The list.
  public List<T> get() {
    memo.noteRead(all);
    all.refresh();
    return List.copyOf(sorted);
  }

  /// Lets go of everything if no rule reads it. Returns whether it did; then it must not be used
  /// again.
  public boolean closeIfUnread() {
    if (!all.isUnread()) {
      return false;
    }
    all.close();
    return true;
  }

  private void take(Optional<List<T>> before, Optional<List<T>> after) {
    before.ifPresent(list -> list.forEach(sorted::remove));
    after.ifPresent(sorted::addAll);
  }
}
