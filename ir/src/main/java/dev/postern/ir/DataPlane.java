package dev.postern.ir;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// What serves an [Ir].
public interface DataPlane extends AutoCloseable {

  /// What came of an [#apply].
  ///
  /// @param listenerErrors by [Listener#name]: why a socket could not be bound, in words for a
  ///   person; every other listener serves
  /// @param missingAddresses those of [Listener#address] that this machine does not have
  record Applied(Map<String, String> listenerErrors, Set<String> missingAddresses) {
    public static final Applied ALL_BOUND = new Applied(Map.of(), Set.of());

    public Applied {
      listenerErrors = Map.copyOf(listenerErrors);
      missingAddresses = Set.copyOf(missingAddresses);
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
