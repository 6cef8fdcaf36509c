package dev.postern.provider.directory;

import dev.postern.gatewayapi.ResourceDelta;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.provider.Provider;
import dev.postern.provider.directory.ManifestReader.Reading;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Objects from `*.yaml`, `*.yml` and `*.json` files: of folders, with all folders below them, and
/// of files given by name, whatever their extension.
///
/// Changes take effect about 20 ms after the last of them, 100 ms after the first at most. A file
/// that cannot be read, or holds what an API server would refuse, keeps the last good version of
/// its objects and gives a finding.
public final class DirectoryProvider implements Provider {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryProvider.class);
  private static final long QUIET_MILLIS = 20;
  private static final long AT_MOST_MILLIS = 100;

  /// How long an update that is being taken in may keep the end waiting.
  private static final long LAST_ROUND_MILLIS = 2_000;

  /// What was read of a file.
  private record Known(Stamp stamp, long readMillis, long hash) {
    boolean mayDiffer(Stamp now) {
      return hash == ManifestReader.UNREAD || !stamp.isSame(now) || stamp.isRacy(readMillis);
    }
  }

  private final List<Path> paths;
  private final ObjectStore store = new ObjectStore();
  private final Map<FileId, Known> known = new HashMap<>();

  /// Files that could not be read: no event tells when they can be.
  private final Set<FileId> unread = new TreeSet<>();

  private final Disk disk;
  private final Rhythm rhythm;
  private final Changes changes;
  private long lastWalk;
  private long lastRetry;
  private List<Finding> told = List.of();
  private @Nullable Watches watches;
  private @Nullable Thread thread;
  private volatile boolean closed;

  /// @param paths folders and files, the first before the others where they hold the same object
  public DirectoryProvider(List<Path> paths) {
    this(paths, Disk.REAL, Rhythm.USUAL);
  }

  DirectoryProvider(List<Path> paths, Disk disk, Rhythm rhythm) {
    this.paths = List.copyOf(paths);
    this.disk = disk;
    this.rhythm = rhythm;
    changes = new Changes(disk, new FolderScan(this.paths, disk, directory -> {}));
  }

  /// Reads once, and listens to nothing. Of the paths some may be pipes.
  public static Update readOnce(List<Path> paths) {
    var provider = new DirectoryProvider(paths);
    provider.take(new FolderScan(provider.paths, provider.disk, directory -> {}).run());
    for (FileId id : provider.changes.scan().streams) {
      provider.store.put(id, ManifestReader.readStream(id.path(), provider.disk));
    }
    ResourceDelta all = provider.store.takeDelta();
    return new Update(all, provider.findings());
  }

  /// @throws UnreadablePathException when one of the paths does not exist or may not be read
  @Override
  public void start(Subscriber subscriber) {
    paths.forEach(FolderScan::requireReadable);
    Watches opened = Watches.open(disk);
    watches = opened;
    walk(opened);
    ResourceDelta all = store.takeDelta();
    told = allFindings(opened);
    subscriber.onUpdate(new Update(all, told));
    Thread watcher = new Thread(() -> watch(opened, subscriber), "postern-directory");
    watcher.setDaemon(true);
    thread = watcher;
    watcher.start();
  }

  @Override
  public void close() {
    closed = true;
    Watches opened = watches;
    if (opened != null) {
      opened.close();
    }
    Thread watcher = thread;
    if (watcher != null && !watcher.equals(Thread.currentThread())) {
      try {
        watcher.join(LAST_ROUND_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void watch(Watches opened, Subscriber subscriber) {
    while (!closed) {
      try {
        opened.await(changes, waitMillis(opened), QUIET_MILLIS, AT_MOST_MILLIS);
        askAgain(opened);
        update(opened, subscriber);
      } catch (ClosedWatchServiceException e) {
        // close() was called.
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException | Error e) {
        // A fault of ours. The thread must outlive it, or no change would ever be taken in again.
        LOG.error("A change of the configuration could not be taken in", e);
      }
    }
  }

  /// How long an event may be waited for before something is due by the clock.
  private long waitMillis(Watches opened) {
    long walk = left(lastWalk, untilWalk(opened));
    long nanos = unread.isEmpty() ? walk : Math.min(walk, left(lastRetry, rhythm.retry()));
    return Math.max(0, nanos / 1_000_000 + 1);
  }

  private void askAgain(Watches opened) {
    if (left(lastWalk, untilWalk(opened)) <= 0) {
      changes.reshape();
    }
    if (!unread.isEmpty() && left(lastRetry, rhythm.retry()) <= 0) {
      lastRetry = System.nanoTime();
      unread.forEach(changes::touch);
    }
  }

  private Duration untilWalk(Watches opened) {
    if (opened.needPolling()) {
      return rhythm.poll();
    }
    return changes.scan().unreadable.isEmpty() ? rhythm.walk() : rhythm.retry();
  }

  private static long left(long since, Duration time) {
    return since + time.toNanos() - System.nanoTime();
  }

  private void update(Watches opened, Subscriber subscriber) {
    if (!changes.isShape()) {
      Set<Integer> before = rootsWithFiles();
      read(List.copyOf(changes.files()));
      // A folder that became empty, or is not any more, has or had a finding of the walk.
      if (!before.equals(rootsWithFiles())) {
        changes.reshape();
      }
    }
    if (changes.isShape()) {
      walk(opened);
    }
    ResourceDelta delta = store.takeDelta();
    boolean none = delta.upserts().isEmpty() && delta.removals().isEmpty();
    List<Finding> findings = allFindings(opened);
    if (!none || !findings.equals(told)) {
      told = findings;
      subscriber.onUpdate(new Update(delta, findings));
    }
  }

  private Set<Integer> rootsWithFiles() {
    Set<Integer> roots = new HashSet<>();
    for (FileId id : known.keySet()) {
      roots.add(id.root());
      if (roots.size() == paths.size()) {
        break;
      }
    }
    return roots;
  }

  /// Finds all files and reads those that are new or may have changed.
  private void walk(Watches opened) {
    lastWalk = System.nanoTime();
    opened.begin();
    FolderScan walked = new FolderScan(paths, disk, opened::add).run();
    opened.end();
    // One that took the place of a file.
    walked.streams.forEach(walked::refuse);
    take(walked);
  }

  private void take(FolderScan walked) {
    changes.walked(walked);
    List<FileId> changed = new ArrayList<>();
    walked.files.forEach((id, stamp) -> {
      Known before = known.get(id);
      if (before == null || before.mayDiffer(stamp) || changes.files().contains(id)) {
        changed.add(id);
      }
    });
    for (FileId id : List.copyOf(known.keySet())) {
      if (!walked.files.containsKey(id) && !walked.mayHold(id)) {
        forget(id);
      }
    }
    read(changed);
    changes.files().clear();
  }

  private void read(List<FileId> ids) {
    List<Reading> readings =
        Parallel.map(
            ids,
            id -> {
              Known before = known.get(id);
              return ManifestReader.read(
                  id.path(), before == null ? ManifestReader.UNREAD : before.hash(), disk);
            });
    for (int i = 0; i < ids.size(); i++) {
      FileId id = ids.get(i);
      changes.files().remove(id);
      try {
        take(id, readings.get(i));
      } catch (RuntimeException | Error e) {
        LOG.error("{} could not be taken in", id, e);
      }
    }
  }

  private void take(FileId id, Reading reading) {
    switch (reading) {
      case ManifestReader.Gone() -> forget(id);
      case ManifestReader.Unchanged(Stamp stamp, long at) -> {
        Known before = known.get(id);
        known.put(id, new Known(stamp, at, before == null ? ManifestReader.UNREAD : before.hash()));
      }
      case ManifestReader.Read(var file, Stamp stamp, long at, long hash) -> {
        known.put(id, new Known(stamp, at, hash));
        if (hash == ManifestReader.UNREAD) {
          unread.add(id);
        } else {
          unread.remove(id);
        }
        store.put(id, file);
      }
    }
  }

  private void forget(FileId id) {
    unread.remove(id);
    if (known.remove(id) != null) {
      store.remove(id);
    }
  }

  private List<Finding> allFindings(Watches opened) {
    List<Finding> all = findings();
    if (!opened.remoteType().isEmpty()) {
      all.addFirst(
          warning(
              "folders are on a file system that others may change too ("
                  + opened.remoteType()
                  + "), of which the system tells nothing: all are walked every 2 s instead, so a"
                  + " change takes effect some seconds later"));
    }
    if (opened.deaf() > 0) {
      // The JDK's words: "User limit of inotify watches reached".
      String advice =
          opened.reason().contains("limit")
              ? "; on Linux, raise fs.inotify.max_user_watches or max_user_instances"
              : "";
      all.addFirst(
          warning(
              opened.deaf()
                  + " folders cannot be listened to ("
                  + opened.reason()
                  + "), so all are walked every 2 s instead"
                  + advice));
    }
    return all;
  }

  private static Finding warning(String message) {
    return new Finding(Severity.WARNING, Optional.empty(), "", Optional.empty(), message);
  }

  /// Of the walk and of files.
  private List<Finding> findings() {
    List<Finding> all = new ArrayList<>();
    for (FolderScan.Problem problem : changes.scan().problems) {
      all.add(
          new Finding(
              problem.error() ? Severity.ERROR : Severity.WARNING,
              Optional.empty(),
              "",
              Optional.of(problem.path().toString()),
              problem.message()));
    }
    all.addAll(store.findings());
    return all;
  }
}
