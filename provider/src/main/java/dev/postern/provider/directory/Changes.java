package dev.postern.provider.directory;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.TreeSet;

/// What is to be looked at: tells what an event is about, one file, the shape of the folders, or
/// nothing.
final class Changes implements Watches.Listener {
  private final Disk disk;
  private FolderScan scan;

  /// Files to be read.
  private final Set<FileId> files = new TreeSet<>();

  /// Whether all folders are to be walked.
  private boolean shape;

  /// @param scan a walk that found nothing yet
  Changes(Disk disk, FolderScan scan) {
    this.disk = disk;
    this.scan = scan;
  }

  /// What the newest walk found.
  FolderScan scan() {
    return scan;
  }

  /// Files to be read, for the caller to take out once they are.
  Set<FileId> files() {
    return files;
  }

  boolean isShape() {
    return shape;
  }

  /// From now on events are about what this walk found.
  void walked(FolderScan now) {
    scan = now;
    shape = false;
  }

  boolean touch(FileId id) {
    files.add(id);
    return true;
  }

  boolean reshape() {
    shape = true;
    return true;
  }

  @Override
  public void onLoss() {
    shape = true;
  }

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
    try {
      BasicFileAttributes attributes = disk.find(path);
      return attributes != null && appeared(path, folder, name, kind, attributes);
    } catch (IOException e) {
      // The walk says what is wrong with it.
      return reshape();
    }
  }

  private boolean appeared(
      Path path, FileId folder, Path name, WatchEvent.Kind<?> kind, BasicFileAttributes what) {
    if (!what.isRegularFile()) {
      return kind.equals(ENTRY_CREATE) && reshape();
    }
    if (!FileNames.isManifest(name)) {
      return false;
    }
    FileId found = new FileId(folder.root(), folder.path().resolve(name));
    scan.byRealPath.put(path, found);
    return touch(found);
  }

  private boolean isLink(Path path) {
    try {
      BasicFileAttributes attributes = disk.find(path);
      return attributes != null && attributes.isSymbolicLink();
    } catch (IOException e) {
      return false;
    }
  }
}
