package dev.postern.provider.directory;

import dev.postern.provider.Breath;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// One walk over the given paths: the manifests, and where to listen for changes. Every folder is
/// handed to the watcher before it is listed, so that nothing can change unnoticed in between. A
/// folder or file that is reached by several ways is taken once, by the first.
final class FolderScan {

  /// What is wrong with a path, other than what is in a file.
  record Problem(Path path, boolean error, String message) {}

  private final List<Path> roots;
  private final Disk disk;
  private final Consumer<Path> watcher;
  private final Breath breath = new Breath();

  /// Manifests in the order of paths, with the stamps they had.
  final Map<FileId, Stamp> files = new TreeMap<>();

  /// Where a file really is, to its id.
  final Map<Path, FileId> byRealPath = new HashMap<>();

  /// Real folders whose new files count, to the path under which a person knows them.
  final Map<Path, FileId> folders = new HashMap<>();

  /// Real folders to listen to.
  final Set<Path> watched = new HashSet<>();

  /// Names (below real folders) which, when anything happens to them, need a new walk.
  final Set<Path> joints = new HashSet<>();

  /// Folders that could not be listed and paths that could not be looked at: what was known of them
  /// and below them stays.
  final Set<FileId> unreadable = new HashSet<>();

  /// Given paths that can be read once and not listened to: pipes, terminals, `/dev/null`.
  final List<FileId> streams = new ArrayList<>();

  final List<Problem> problems = new ArrayList<>();

  /// Whether the root that is walked holds what another root holds too.
  private boolean shared;

  /// @param watcher is told of every folder to listen to
  FolderScan(List<Path> roots, Disk disk, Consumer<Path> watcher) {
    this.roots = roots;
    this.disk = disk;
    this.watcher = watcher;
  }

  FolderScan run() {
    for (int i = 0; i < roots.size(); i++) {
      FileId root = new FileId(i, roots.get(i));
      try {
        root(root);
      } catch (IOException e) {
        unknown(root, e);
      }
    }
    return this;
  }

  /// Whether there is something at a path that can be served.
  static void requireReadable(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (!attributes.isDirectory() && !attributes.isRegularFile()) {
        throw new UnreadablePathException(
            path,
            path
                + " is neither a file nor a folder, so changes of it cannot be followed; write what"
                + " it says to a file, and serve that");
      }
    } catch (NoSuchFileException e) {
      throw new UnreadablePathException(path, "no such file or folder: " + path);
    } catch (IOException e) {
      throw new UnreadablePathException(path, "cannot read " + path + ": " + Disk.words(e));
    }
    if (!Files.isReadable(path)) {
      throw new UnreadablePathException(path, "no permission to read " + path);
    }
  }

  /// Whether a file that was not met may still be there.
  boolean mayHold(FileId file) {
    if (unreadable.isEmpty()) {
      return false;
    }
    for (Path path = file.path(); path != null; path = path.getParent()) {
      if (unreadable.contains(new FileId(file.root(), path))) {
        return true;
      }
    }
    return unreadable.contains(new FileId(file.root(), roots.get(file.root())));
  }

  private void root(FileId root) throws IOException {
    if (isStream(root.path())) {
      streams.add(root);
      return;
    }
    Path real = PathResolver.resolve(root.path(), disk, this::dependOn);
    Path parent = real == null ? null : real.getParent();
    Path name = real == null ? null : real.getFileName();
    if (parent != null && name != null) {
      dependOn(parent, name);
    }
    BasicFileAttributes attributes = real == null ? null : disk.find(real);
    if (real == null || attributes == null) {
      problem(root, true, "this path is gone, and its objects with it; they return when it does");
    } else if (attributes.isDirectory()) {
      int before = files.size();
      shared = false;
      folder(root, real);
      boolean empty = files.size() == before && !shared;
      if (empty && problems.stream().noneMatch(p -> p.path().equals(root.path()))) {
        problem(root, false, "this folder holds no *.yaml, *.yml or *.json file; waiting for one");
      }
    } else {
      file(root, real, attributes);
    }
  }

  private boolean isStream(Path path) {
    try {
      return disk.attributes(path).isOther();
    } catch (IOException e) {
      // The walk says what is wrong with it.
      return false;
    }
  }

  /// Says that something is not read for what it is.
  void refuse(FileId id) {
    problem(id, false, "this is not a regular file and is not read");
  }

  private void problem(FileId id, boolean error, String message) {
    problems.add(new Problem(id.path(), error, message));
  }

  /// What stands there cannot be told, so it is not gone.
  private void unknown(FileId id, IOException e) {
    unreadable.add(id);
    problem(
        id,
        true,
        "cannot look at this path: " + Disk.words(e) + "; what was read before stays in use");
  }

  private void dependOn(Path directory, Path name) {
    watch(directory);
    joints.add(directory.resolve(name));
  }

  private void watch(Path directory) {
    if (watched.add(directory)) {
      watcher.accept(directory);
    }
  }

  private void folder(FileId folder, Path real) {
    FileId taken = folders.putIfAbsent(real, folder);
    if (taken != null) {
      shared |= taken.root() != folder.root();
      return;
    }
    watch(real);
    for (Path name : names(folder, real)) {
      if (!FileNames.isHidden(name)) {
        FileId id = new FileId(folder.root(), folder.path().resolve(name));
        Path path = real.resolve(name);
        BasicFileAttributes attributes;
        try {
          attributes = disk.find(path);
        } catch (AccessDeniedException e) {
          // Nobody may look at anything in this folder.
          unlistable(folder, e);
          return;
        } catch (IOException e) {
          unknown(id, e);
          continue;
        }
        if (attributes != null) {
          entry(id, path, attributes);
        }
        breath.run();
      }
    }
  }

  private List<Path> names(FileId folder, Path real) {
    try {
      return disk.names(real);
    } catch (IOException e) {
      if (!disk.isAbsence(real, e)) {
        unlistable(folder, e);
      }
      return List.of();
    }
  }

  private void unlistable(FileId folder, IOException e) {
    unreadable.add(folder);
    problem(
        folder,
        true,
        "cannot list this folder: " + Disk.words(e) + "; what was read before stays in use");
  }

  private void entry(FileId id, Path path, BasicFileAttributes attributes) {
    if (attributes.isSymbolicLink()) {
      try {
        link(id, path);
      } catch (IOException e) {
        unknown(id, e);
      }
    } else if (attributes.isDirectory()) {
      joints.add(path);
      folder(id, path);
    } else if (FileNames.isManifest(path)) {
      file(id, path, attributes);
    }
  }

  private void link(FileId id, Path path) throws IOException {
    Path real = PathResolver.resolve(path, disk, this::dependOn);
    BasicFileAttributes attributes = real == null ? null : disk.find(real);
    if (real != null && attributes != null && attributes.isDirectory()) {
      Path parent = real.getParent();
      Path name = real.getFileName();
      if (parent != null && name != null) {
        dependOn(parent, name);
      }
      folder(id, real);
    } else if (FileNames.isManifest(path)) {
      if (real == null || attributes == null) {
        problem(id, false, "this link leads nowhere");
      } else {
        Path parent = real.getParent();
        if (parent != null) {
          watch(parent);
        }
        file(id, real, attributes);
      }
    }
  }

  private void file(FileId id, Path real, BasicFileAttributes attributes) {
    if (!attributes.isRegularFile()) {
      refuse(id);
      return;
    }
    FileId taken = byRealPath.putIfAbsent(real, id);
    if (taken == null) {
      files.put(id, Stamp.of(attributes));
    } else {
      shared |= taken.root() != id.root();
    }
  }
}
