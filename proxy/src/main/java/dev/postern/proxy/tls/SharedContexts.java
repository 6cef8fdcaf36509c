package dev.postern.proxy.tls;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/// One context for each key, kept as long as somebody uses it. Thread-safe.
///
/// @param <K> what makes two contexts one
/// @param <C> equal to itself alone
final class SharedContexts<K, C> implements AutoCloseable {
  private final ConcurrentHashMap<K, Shared<C>> contexts = new ConcurrentHashMap<>();
  private final Consumer<C> closer;
  private volatile boolean closed;

  /// @param closer frees what a context has made; connections that need it keep it
  SharedContexts(Consumer<C> closer) {
    this.closer = closer;
  }

  private record Shared<C>(C context, int users) {
    Shared<C> with(int more) {
      return new Shared<>(context, users + more);
    }
  }

  /// The context of that key, kept until as many [#release] as calls to this.
  C retain(K key, Function<K, C> make) {
    Shared<C> shared =
        contexts.compute(
            key, (same, kept) -> kept == null ? new Shared<>(make.apply(same), 1) : kept.with(1));
    if (closed) {
      closer.accept(shared.context());
    }
    return shared.context();
  }

  /// One user less; a context that is not the key's any more is nobody's.
  void release(K key, C context) {
    contexts.computeIfPresent(
        key,
        (_, kept) -> {
          if (!kept.context().equals(context)) {
            return kept;
          }
          if (kept.users() > 1) {
            return kept.with(-1);
          }
          closer.accept(context);
          return null;
        });
  }

  /// How many there are.
  int size() {
    return contexts.size();
  }

  /// Nothing native outlives the connections that need it from now on, whoever forgot to release.
  @Override
  public void close() {
    closed = true;
    contexts.values().forEach(shared -> closer.accept(shared.context()));
    contexts.clear();
  }
}
