package dev.postern.provider.directory;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What stands for objects that are refused, by file: the first file's counts.
final class StandIns {
  private final Map<FileId, List<Resource>> byFile = new HashMap<>();
  private final Map<ObjectRef, NavigableMap<FileId, Resource>> byObject = new HashMap<>();

  /// Takes in a file, new or read again; one that is gone has none.
  void put(FileId id, List<Resource> now) {
    List<Resource> before = now.isEmpty() ? byFile.remove(id) : byFile.put(id, now);
    for (Resource gone : before == null ? List.<Resource>of() : before) {
      NavigableMap<FileId, Resource> all = byObject.get(gone.ref());
      if (all != null && all.remove(id) != null && all.isEmpty()) {
        byObject.remove(gone.ref());
      }
    }
    for (Resource one : now) {
      byObject.computeIfAbsent(one.ref(), _ -> new TreeMap<>()).put(id, one);
    }
  }

  @Nullable Resource of(ObjectRef ref) {
    NavigableMap<FileId, Resource> all = byObject.get(ref);
    return all == null ? null : all.firstEntry().getValue();
  }
}
