package dev.postern.ir;

import java.time.Duration;
import java.util.Map;

/// What serves an [Ir].
public interface DataPlane extends AutoCloseable {

  /// What came of an [#apply].
  ///
  /// @param listenerErrors by [Listener#name]: why a socket could not be bound, in words for a
  ///   person; every other listener serves
  record Applied(Map<String, String> listenerErrors) {
    public Applied {
      listenerErrors = Map.copyOf(listenerErrors);
    }
  }

  /// Makes it so. When this returns, every request that starts is served by the new value; those
  /// under way end by the old one. Called by one thread at a time.
  Applied apply(Ir ir);

  /// Takes nothing new, finishes what is in flight, at the longest for `limit`. Returns whether all
  /// of it ended by itself.
  boolean drain(Duration limit);

  /// Ends at once.
  @Override
  void close();
}
