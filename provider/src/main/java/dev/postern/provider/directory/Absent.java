package dev.postern.provider.directory;

import dev.postern.gatewayapi.load.LoadedFile;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Objects that no file holds any more, and that stay in use since they may be meant by a file that
/// is not as it should be: a file was renamed, or an object moved to another one, and a mistake
/// came with it.
///
/// An object may be meant by a file that has it and whose version is refused. It may also be meant
/// by a file of which not all objects can be named, when that became so in the same batch as the
/// object went: then the file is said to hold it.
final class Absent {
  /// Which files have an object that is refused.
  private final Map<ObjectRef, Set<FileId>> refusals = new HashMap<>();

  private final Map<FileId, Set<ObjectRef>> refused = new HashMap<>();

  /// Which files hold an object, and the same the other way round.
  private final Map<ObjectRef, Set<FileId>> holders = new HashMap<>();

  private final TreeMap<FileId, Set<ObjectRef>> held = new TreeMap<>();

  /// Files of which not all objects can be named, and those of which it is so since this batch.
  private final Set<FileId> broken = new HashSet<>();

  private final Set<FileId> newlyBroken = new TreeSet<>();

  /// Takes in a file, new or read again. Returns the objects of which it now means something else.
  Collection<ObjectRef> put(FileId id, LoadedFile file) {
    Collection<ObjectRef> changed = refuse(id, file.rejected());
    if (file.whole()) {
      changed.addAll(release(id));
    } else if (broken.add(id)) {
      newlyBroken.add(id);
    }
    return changed;
  }

  /// Takes out a file, with the same result.
  Collection<ObjectRef> remove(FileId id) {
    Collection<ObjectRef> changed = refuse(id, Set.of());
    changed.addAll(release(id));
    return changed;
  }

  private Collection<ObjectRef> refuse(FileId id, Set<ObjectRef> now) {
    Set<ObjectRef> before = now.isEmpty() ? refused.remove(id) : refused.put(id, now);
    Set<ObjectRef> changed = new LinkedHashSet<>(now);
    for (ObjectRef ref : before == null ? Set.<ObjectRef>of() : before) {
      take(refusals, ref, id);
      changed.add(ref);
    }
    now.forEach(ref -> refusals.computeIfAbsent(ref, key -> new TreeSet<>()).add(id));
    return changed;
  }

  private Set<ObjectRef> release(FileId id) {
    broken.remove(id);
    newlyBroken.remove(id);
    Set<ObjectRef> refs = held.remove(id);
    if (refs == null) {
      return Set.of();
    }
    refs.forEach(ref -> take(holders, ref, id));
    return refs;
  }

  private static <K, V> void take(Map<K, Set<V>> map, K key, V value) {
    Set<V> values = map.get(key);
    if (values != null && values.remove(value) && values.isEmpty()) {
      map.remove(key);
    }
  }

  /// Whether an object stays that was in use and that no file holds any more.
  boolean keeps(ObjectRef ref) {
    if (refusals.containsKey(ref)) {
      return true;
    }
    for (FileId id : newlyBroken) {
      held.computeIfAbsent(id, key -> new TreeSet<>()).add(ref);
      holders.computeIfAbsent(ref, key -> new TreeSet<>()).add(id);
    }
    return holders.containsKey(ref);
  }

  /// A file holds the object, or it is gone for good.
  void settle(ObjectRef ref) {
    Set<FileId> files = holders.remove(ref);
    for (FileId id : files == null ? Set.<FileId>of() : files) {
      take(held, id, ref);
    }
  }

  /// Ends the batch.
  void endBatch() {
    newlyBroken.clear();
  }

  /// What files hold, in the order of files.
  Map<FileId, Set<ObjectRef>> held() {
    return held;
  }

  /// Objects of a file that are refused.
  Set<ObjectRef> refused(FileId id) {
    return refused.getOrDefault(id, Set.of());
  }
}
