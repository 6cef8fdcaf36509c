package dev.postern.gatewayapi.memo;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One graph of remembered values. Not thread-safe; rules must be pure and must not read each other
/// in a circle.
public final class Memo {
  private final Runnable breath;
  private final Deque<Node> orphans = new ArrayDeque<>();
  private @Nullable Computed reader;

  /// What the computations under way have read so far, those of the innermost last.
  private Node[] read = new Node[256];

  private int readSize;
  private long revision;
  private long computations;
  private long derivations;
  private long size;

  /// @param breath run between two computations, for whoever else wants the processor
  public Memo(Runnable breath) {
    this.breath = breath;
  }

  /// Values that are set from outside.
  ///
  /// @param absent what a key has that was never set
  public <K, V> Inputs<K, V> inputs(V absent) {
    return new Inputs<>(this, absent);
  }

  /// Sets by key, changed from outside.
  public <K, E> Index<K, E> index() {
    return new Index<>(this);
  }

  /// Values that a rule derives from a key and whatever else it reads.
  public <K, V> Query<K, V> query(Function<K, V> rule) {
    return new Query<>(this, rule);
  }

  /// The results of a query for all members of a set.
  public <I, K, V> Gathered<K, V> gather(Index<I, K> index, I of, Query<K, V> query) {
    return new Gathered<>(this, index.bag(of), query);
  }

  /// The elements of the lists that a query gives for all members of a set, sorted.
  ///
  /// @param key makes what the query is asked by
  public <I, E, K, T> Merged<T> merge(
      Index<I, E> index,
      I of,
      Function<E, K> key,
      Query<K, List<T>> query,
      Comparator<? super T> order) {
    return new Merged<>(this, index.bag(of), key, query, order);
  }

  /// Forgets values that nobody reads any more. To be called when everything of interest was asked
  /// for.
  public void sweep() {
    for (Node node = orphans.poll(); node != null; node = orphans.poll()) {
      node.forgetIfUnread();
    }
  }

  /// How many values were derived so far: the measure of work.
  public long derivations() {
    return derivations;
  }

  /// How many values, set or derived, are held at the moment.
  public long size() {
    return size;
  }

  void grow(int nodes) {
    size += nodes;
  }

  long revision() {
    return revision;
  }

  long nextRevision() {
    return ++revision;
  }

  void orphaned(Node node) {
    orphans.add(node);
  }

  void noteRead(Node node) {
    Computed by = reader;
    if (by != null) {
      by.noteDependency(node);
    }
  }

  void noteDependency(Node node) {
    if (readSize == read.length) {
      read = Arrays.copyOf(read, readSize * 2);
    }
    read[readSize++] = node;
  }

  /// Where the reads of a computation that begins now begin.
  int mark() {
    return readSize;
  }

  /// What was read since a mark; it is forgotten here.
  Node[] dependenciesSince(int mark) {
    Node[] since = Arrays.copyOfRange(read, mark, readSize);
    Arrays.fill(read, mark, readSize, null);
    readSize = mark;
    return since;
  }

  /// Makes `next` the one whose reads are recorded; returns who was.
  @Nullable Computed enter(Computed next) {
    Computed outer = reader;
    reader = next;
    next.stamp = ++computations;
    derivations++;
    return outer;
  }

  void leave(@Nullable Computed outer) {
    reader = outer;
    breath.run();
  }
}
