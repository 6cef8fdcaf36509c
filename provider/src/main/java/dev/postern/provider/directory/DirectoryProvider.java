package dev.postern.provider.directory;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;

import dev.postern.gatewayapi.ResourceDelta;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.provider.Provider;
import dev.postern.provider.directory.ManifestReader.Reading;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.attribute.BasicFileAttributes;
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
  private static final long FOREVER_MILLIS = 3_600_000;

  /// How often folders are walked that cannot be listened to.
  private static final long POLL_MILLIS = 2_000;

  /// What was read of a file.
  private record Known(Stamp stamp, long readMillis, long hash) {}

  private final List<Path> paths;
  private final ObjectStore store = new ObjectStore();
  private final Map<FileId, Known> known = new HashMap<>();
  private final Set<FileId> dirty = new TreeSet<>();
  private FolderScan scan;
  private boolean rescan;
  private List<Finding> told = List.of();
  private @Nullable Watches watches;
  private @Nullable Thread thread;
  private volatile boolean closed;

  /// @param paths folders and files, the first before the others where they hold the same object
  public DirectoryProvider(List<Path> paths) {
    this.paths = List.copyOf(paths);
    scan = new FolderScan(this.paths, directory -> {});
  }

  /// @throws UnreadablePathException when one of the paths does not exist or may not be read
  @Override
  public void start(Subscriber subscriber) {
    paths.forEach(FolderScan::requireReadable);
    Watches opened = Watches.open();
    watches = opened;
    walk(opened);
    told = allFindings(opened);
    subscriber.onUpdate(new Update(store.takeDelta(), told));
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
        watcher.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void watch(Watches opened, Subscriber subscriber) {
    while (!closed) {
      try {
        long timeout = opened.deaf() > 0 ? POLL_MILLIS : FOREVER_MILLIS;
        boolean heard = opened.await(new Events(), timeout, QUIET_MILLIS, AT_MOST_MILLIS);
        rescan |= !heard && opened.deaf() > 0;
        update(opened, subscriber);
      } catch (ClosedWatchServiceException e) {
        // close() was called.
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        LOG.error("A change of the configuration could not be taken in", e);
      }
    }
  }

  private void update(Watches opened, Subscriber subscriber) {
    if (!rescan) {
      Set<Integer> before = rootsWithFiles();
      List<FileId> ids = List.copyOf(dirty);
      dirty.clear();
      read(ids);
      // A folder that became empty, or is not any more, has or had a finding of the walk.
      rescan = !before.equals(rootsWithFiles());
    }
    if (rescan) {
      rescan = false;
      dirty.clear();
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
    opened.begin();
    FolderScan walked = new FolderScan(paths, opened::add).run();
    opened.end();
    scan = walked;
    List<FileId> changed = new ArrayList<>();
    walked.files.forEach((id, stamp) -> {
      Known before = known.get(id);
      if (before == null
          || !before.stamp().isSame(stamp)
          || before.stamp().isRacy(before.readMillis())) {
        changed.add(id);
      }
    });
    for (FileId id : List.copyOf(known.keySet())) {
      if (!walked.files.containsKey(id)
          && walked.unreadable.stream().noneMatch(f -> isBelow(f, id))) {
        forget(id);
      }
    }
    read(changed);
  }

  private static boolean isBelow(FileId folder, FileId file) {
    return folder.root() == file.root() && file.path().startsWith(folder.path());
  }

  private void read(List<FileId> ids) {
    List<Reading> readings =
        Parallel.map(
            ids,
            id -> {
              Known before = known.get(id);
              return ManifestReader.read(id.path(), before == null ? 0 : before.hash());
            });
    for (int i = 0; i < ids.size(); i++) {
      take(ids.get(i), readings.get(i));
    }
  }

  private void take(FileId id, Reading reading) {
    switch (reading) {
      case ManifestReader.Gone() -> forget(id);
      case ManifestReader.Unchanged(Stamp stamp, long at) -> {
        Known before = known.get(id);
        known.put(id, new Known(stamp, at, before == null ? 0 : before.hash()));
      }
      case ManifestReader.Read(var file, Stamp stamp, long at, long hash) -> {
        known.put(id, new Known(stamp, at, hash));
        store.put(id, file);
      }
    }
  }

  private void forget(FileId id) {
    if (known.remove(id) != null) {
      store.remove(id);
    }
  }

  private List<Finding> allFindings(Watches opened) {
    List<Finding> all = new ArrayList<>();
    for (FolderScan.Problem problem : scan.problems) {
      all.add(
          new Finding(
              problem.error() ? Severity.ERROR : Severity.WARNING,
              Optional.empty(),
              "",
              Optional.of(problem.path().toString()),
              problem.message()));
    }
    if (opened.deaf() > 0) {
      all.add(
          new Finding(
              Severity.WARNING,
              Optional.empty(),
              "",
              Optional.empty(),
              opened.deaf()
                  + " folders cannot be listened to ("
                  + opened.reason()
                  + "), so all are walked every 2 s instead; on Linux, raise"
                  + " fs.inotify.max_user_watches or max_user_instances"));
    }
    all.addAll(store.findings());
    return all;
  }

  /// Tells what an event is about: one file, the shape of the folders, or nothing.
  private final class Events implements Watches.Listener {
    @Override
    public boolean onEvent(Path directory, Path name, WatchEvent.Kind<?> kind) {
      Path path = directory.resolve(name);
      FileId id = scan.byRealPath.get(path);
      if (scan.joints.contains(path)) {
        // A file given by name is a joint too, yet writing to it moves nothing.
        boolean written = !kind.equals(ENTRY_DELETE) && !isLink(path);
        return (written && id != null) ? touch(id) : reshape();
      }
      if (id != null) {
        boolean replaced = kind.equals(ENTRY_CREATE) && isLink(path);
        return replaced ? reshape() : touch(id);
      }
      FileId folder = scan.folders.get(directory);
      if (folder == null || kind.equals(ENTRY_DELETE) || FileNames.isHidden(name)) {
        return false;
      }
      BasicFileAttributes attributes = attributes(path);
      if (attributes == null) {
        return false;
      }
      if (!attributes.isRegularFile()) {
        return kind.equals(ENTRY_CREATE) && reshape();
      }
      if (!FileNames.isManifest(name)) {
        return false;
      }
      FileId found = new FileId(folder.root(), folder.path().resolve(name));
      scan.byRealPath.put(path, found);
      return touch(found);
    }

    @Override
    public void onLoss() {
      rescan = true;
    }

    private boolean touch(FileId id) {
      dirty.add(id);
      return true;
    }

    private boolean reshape() {
      rescan = true;
      return true;
    }

    private static boolean isLink(Path path) {
      BasicFileAttributes attributes = attributes(path);
      return attributes != null && attributes.isSymbolicLink();
    }

    private static @Nullable BasicFileAttributes attributes(Path path) {
      try {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      } catch (IOException e) {
        return null;
      }
    }
  }
}
