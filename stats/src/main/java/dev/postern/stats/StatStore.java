package dev.postern.stats;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// All groups of one process.
public final class StatStore {
  private final int workerCount;
  private final ConcurrentSkipListMap<String, StatGroup> groups = new ConcurrentSkipListMap<>();

  /// @param workerCount how many threads count; each has a number from 0
  public StatStore(int workerCount) {
    this.workerCount = workerCount;
  }

  /// The group with that prefix, made when it is new. A group that was removed and comes back
  /// starts at 0.
  public StatGroup group(String prefix, StatSchema schema) {
    return groups.computeIfAbsent(prefix, p -> new StatGroup(p, schema, workerCount));
  }

  /// The group with that prefix, if there is one.
  public Optional<StatGroup> find(String prefix) {
    return Optional.ofNullable(groups.get(prefix));
  }

  /// Forgets a group, because its object is gone.
  public void remove(String prefix) {
    groups.remove(prefix);
  }

  /// Takes a group back that was removed, with its numbers, because its object is there again.
  public void restore(StatGroup group) {
    groups.putIfAbsent(group.prefix(), group);
  }

  /// All groups, sorted by prefix.
  public Collection<StatGroup> groups() {
    return Collections.unmodifiableCollection(groups.values());
  }
}
