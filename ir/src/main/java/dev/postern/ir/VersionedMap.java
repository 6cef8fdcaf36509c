package dev.postern.ir;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An immutable map that shares with the one it was made from whatever did not change: a new
/// version of a large map, and what differs between two versions, cost in proportion to the
/// difference.
///
/// Keys and values are not null. The order of iteration means nothing.
@SuppressWarnings("ReferenceEquality") // what is shared is told by identity
public final class VersionedMap<K, V> extends AbstractMap<K, V> {
  /// Enough that the part which holds one key stays small with 100,000 of them.
  private static final int PARTS = 1024;

  private static final VersionedMap<?, ?> EMPTY = new VersionedMap<>(noParts(), 0);

  /// By the key's hash. None of these maps is ever changed; null for an empty one.
  private final @Nullable Map<K, V>[] parts;

  private final int size;

  private VersionedMap(@Nullable Map<K, V>[] parts, int size) {
    this.parts = parts;
    this.size = size;
  }

  @SuppressWarnings("unchecked")
  private static <K, V> @Nullable Map<K, V>[] noParts() {
    return (Map<K, V>[]) new Map<?, ?>[PARTS];
  }

  /// Without entries.
  @SuppressWarnings("unchecked")
  public static <K, V> VersionedMap<K, V> empty() {
    return (VersionedMap<K, V>) EMPTY;
  }

  /// The same entries; the same instance where it is one of these already.
  public static <K, V> VersionedMap<K, V> copyOf(Map<K, V> map) {
    if (map instanceof VersionedMap<K, V> same) {
      return same;
    }
    Edit<K, V> edit = VersionedMap.<K, V>empty().edit();
    map.forEach(edit::put);
    return edit.done();
  }

  /// Tells each key whose value in one map is not the same instance as in the other, or that only
  /// one of them has.
  public static <K, V> void changes(
      VersionedMap<K, V> before, VersionedMap<K, V> after, Consumer<K> key) {
    for (int i = 0; i < PARTS; i++) {
      Map<K, V> was = before.parts[i];
      Map<K, V> is = after.parts[i];
      if (was != is) {
        changes(was == null ? Map.of() : was, is == null ? Map.of() : is, key);
      }
    }
  }

  private static <K, V> void changes(Map<K, V> was, Map<K, V> is, Consumer<K> key) {
    is.forEach((k, v) -> {
      if (was.get(k) != v) {
        key.accept(k);
      }
    });
    was.keySet().stream().filter(k -> !is.containsKey(k)).forEach(key);
  }

  private static int part(Object key) {
    int hash = key.hashCode();
    hash ^= hash >>> 16;
    return (hash ^ hash >>> 10) & (PARTS - 1);
  }

  /// Starts a new version.
  public Edit<K, V> edit() {
    return new Edit<>(this);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public @Nullable V get(@Nullable Object key) {
    if (key == null) {
      return null;
    }
    Map<K, V> part = parts[part(key)];
    return part == null ? null : part.get(key);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return get(key) != null;
  }

  @Override
  public Set<Entry<K, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return size;
      }

      @Override
      public Iterator<Entry<K, V>> iterator() {
        return stream().iterator();
      }

      @Override
      public Stream<Entry<K, V>> stream() {
        return Arrays.stream(parts)
            .filter(Objects::nonNull)
            .flatMap(
                part -> part.entrySet().stream().map(e -> Map.entry(e.getKey(), e.getValue())));
      }
    };
  }

  /// A version in the making. Not thread-safe.
  public static final class Edit<K, V> {
    private VersionedMap<K, V> from;
    private @Nullable Map<K, V>[] parts;
    private boolean own;
    private int size;

    private Edit(VersionedMap<K, V> from) {
      this.from = from;
      this.parts = from.parts;
      this.size = from.size;
    }

    /// The value as of now; null for none.
    public @Nullable V get(K key) {
      Map<K, V> part = parts[part(key)];
      return part == null ? null : part.get(key);
    }

    /// Sets a value.
    public void put(K key, V value) {
      if (touched(part(key)).put(key, Objects.requireNonNull(value)) == null) {
        size++;
      }
    }

    /// Removes a value; nothing happens where there is none.
    public void remove(K key) {
      int at = part(key);
      Map<K, V> part = parts[at];
      if (part != null && part.containsKey(key)) {
        Map<K, V> left = touched(at);
        left.remove(key);
        size--;
        if (left.isEmpty()) {
          parts[at] = null;
        }
      }
    }

    private Map<K, V> touched(int at) {
      if (!own) {
        parts = parts.clone();
        own = true;
      }
      Map<K, V> part = parts[at];
      if (part == null || part == from.parts[at]) {
        part = part == null ? new HashMap<>() : new HashMap<>(part);
        parts[at] = part;
      }
      return part;
    }

    /// The new version; the one that it was made from where nothing was touched.
    public VersionedMap<K, V> done() {
      if (own) {
        from = new VersionedMap<>(parts, size);
        own = false;
      }
      return from;
    }
  }
}
