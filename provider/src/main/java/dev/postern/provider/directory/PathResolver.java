package dev.postern.provider.directory;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Follows a path part by part, and tells which names, if they change, lead it elsewhere: that is
/// how the swap of `..data` in a ConfigMap mount is noticed.
final class PathResolver {
  private static final int MAX_LINKS = 40;

  /// Where a name stands on which a path depends.
  interface Dependence {
    /// @param directory real
    void on(Path directory, Path name);
  }

  private PathResolver() {}

  /// The real path, or null when it leads nowhere. Every link on the way, and the first name that
  /// is missing or cannot be looked at, are reported before they are looked at.
  ///
  /// @throws IOException where it cannot be told where it leads
  static @Nullable Path resolve(Path path, Disk disk, Dependence dependence) throws IOException {
    Deque<Path> todo = new ArrayDeque<>();
    Path absolute = path.toAbsolutePath();
    Path current = push(absolute, todo, absolute);
    int links = 0;
    while (!todo.isEmpty()) {
      Path name = todo.pop();
      String text = name.toString();
      if (text.equals("..")) {
        Path parent = current.getParent();
        current = parent == null ? current : parent;
      } else if (!text.equals(".") && !text.isEmpty()) {
        Path next = current.resolve(name);
        BasicFileAttributes attributes = glance(next, disk);
        if (attributes == null || attributes.isSymbolicLink()) {
          dependence.on(current, name);
          // Looked at once more, now that a change would be noticed.
          attributes = disk.find(next);
        }
        if (attributes == null) {
          return null;
        }
        if (!attributes.isSymbolicLink()) {
          current = next;
        } else {
          if (++links > MAX_LINKS) {
            throw new FileSystemException(next.toString(), null, "its links lead in a circle");
          }
          Path target = target(next, disk);
          if (target == null) {
            return null;
          }
          current = push(target, todo, current);
        }
      }
    }
    return current;
  }

  /// Puts a path's parts before what is still to do; returns where to start from.
  private static Path push(Path path, Deque<Path> todo, Path current) {
    for (int i = path.getNameCount() - 1; i >= 0; i--) {
      todo.push(path.getName(i));
    }
    Path root = path.getRoot();
    return root == null ? current : root;
  }

  private static @Nullable Path target(Path link, Disk disk) throws IOException {
    try {
      return Files.readSymbolicLink(link);
    } catch (NotLinkException e) {
      // It was one a moment ago; whoever replaced it is heard of.
      return null;
    } catch (IOException e) {
      if (disk.isAbsence(link, e)) {
        return null;
      }
      throw e;
    }
  }

  private static @Nullable BasicFileAttributes glance(Path path, Disk disk) {
    try {
      return disk.find(path);
    } catch (IOException e) {
      return null;
    }
  }
}
