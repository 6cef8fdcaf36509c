package dev.postern.provider.directory;

import dev.postern.provider.Breath;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One walk over the given paths: the manifests, and where to listen for changes. Every folder is
/// handed to the watcher before it is listed, so that nothing can change unnoticed in between. A
/// folder or file that is reached by several ways is taken once, by the first.
final class FolderScan {

  /// What is wrong with a path, other than what is in a file.
  record Problem(Path path, boolean error, String message) {}

  private final List<Path> roots;
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

  /// Folders that could not be listed: what was known of them stays.
  final List<FileId> unreadable = new ArrayList<>();

  final List<Problem> problems = new ArrayList<>();

  /// @param watcher is told of every folder to listen to
  FolderScan(List<Path> roots, Consumer<Path> watcher) {
    this.roots = roots;
    this.watcher = watcher;
  }

  FolderScan run() {
    for (int i = 0; i < roots.size(); i++) {
      root(i, roots.get(i));
    }
    return this;
  }

  /// Whether there is something at a path that can be served.
  static void requireReadable(Path path) {
    if (!Files.exists(path)) {
      throw new UnreadablePathException(path, "no such file or folder: " + path);
    }
    if (!Files.isDirectory(path) && !Files.isRegularFile(path)) {
      throw new UnreadablePathException(path, "neither a file nor a folder: " + path);
    }
    if (!Files.isReadable(path)) {
      throw new UnreadablePathException(path, "no permission to read " + path);
    }
  }

  private void root(int index, Path root) {
    Path real = PathResolver.resolve(root, this::dependOn);
    if (real == null) {
      problems.add(
          new Problem(
              root, true, "this path is gone, and its objects with it; they return when it does"));
      return;
    }
    Path parent = real.getParent();
    Path name = real.getFileName();
    if (parent != null && name != null) {
      dependOn(parent, name);
    }
    BasicFileAttributes attributes = attributes(real);
    if (attributes == null) {
      problems.add(
          new Problem(
              root, true, "this path is gone, and its objects with it; they return when it does"));
    } else if (attributes.isDirectory()) {
      int before = files.size();
      folder(new FileId(index, root), real);
      if (files.size() == before && problems.stream().noneMatch(p -> p.path().equals(root))) {
        problems.add(
            new Problem(
                root, false, "this folder holds no *.yaml, *.yml or *.json file; waiting for one"));
      }
    } else {
      file(new FileId(index, root), real, attributes);
    }
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
    if (folders.putIfAbsent(real, folder) != null) {
      return;
    }
    watch(real);
    for (Path name : names(folder, real)) {
      if (!FileNames.isHidden(name)) {
        FileId id = new FileId(folder.root(), folder.path().resolve(name));
        Path path = real.resolve(name);
        BasicFileAttributes attributes = attributes(path);
        if (attributes != null) {
          entry(id, path, attributes);
        }
        breath.run();
      }
    }
  }

  private List<Path> names(FileId folder, Path real) {
    List<Path> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(real)) {
      for (Path entry : entries) {
        Path name = entry.getFileName();
        if (name != null) {
          names.add(name);
        }
      }
    } catch (AccessDeniedException e) {
      unlistable(folder, "no permission to list this folder");
    } catch (IOException | DirectoryIteratorException e) {
      if (Files.exists(real)) {
        unlistable(folder, "cannot list this folder: " + e.getMessage());
      }
    }
    Collections.sort(names);
    return names;
  }

  private void unlistable(FileId folder, String message) {
    unreadable.add(folder);
    problems.add(new Problem(folder.path(), true, message + "; what was read before stays in use"));
  }

  private void entry(FileId id, Path path, BasicFileAttributes attributes) {
    if (attributes.isSymbolicLink()) {
      link(id, path);
    } else if (attributes.isDirectory()) {
      joints.add(path);
      folder(id, path);
    } else if (FileNames.isManifest(path)) {
      file(id, path, attributes);
    }
  }

  private void link(FileId id, Path path) {
    Path real = PathResolver.resolve(path, this::dependOn);
    BasicFileAttributes attributes = real == null ? null : attributes(real);
    if (real != null && attributes != null && attributes.isDirectory()) {
      Path parent = real.getParent();
      Path name = real.getFileName();
      if (parent != null && name != null) {
        dependOn(parent, name);
      }
      folder(id, real);
    } else if (FileNames.isManifest(path)) {
      if (real == null || attributes == null) {
        problems.add(new Problem(id.path(), false, "this link leads nowhere"));
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
      problems.add(new Problem(id.path(), false, "this is not a regular file and is not read"));
    } else if (byRealPath.putIfAbsent(real, id) == null) {
      files.put(id, Stamp.of(attributes));
    }
  }

  private static @Nullable BasicFileAttributes attributes(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return null;
    }
  }
}
