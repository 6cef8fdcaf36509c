package dev.postern.provider.directory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A real file system that fails at some paths, as root cannot have it by permissions. */
final class FailingDisk implements Disk {
  private static final String REASON = "Input/output error";

  private final Set<Path> unseen = ConcurrentHashMap.newKeySet();
  private final Set<Path> unopened = ConcurrentHashMap.newKeySet();

  /** Nothing about this path and what is below it can be told. */
  void hide(Path path) {
    unseen.add(path);
  }

  /** This file cannot be read. */
  void lock(Path file) {
    unopened.add(file);
  }

  void heal() {
    unseen.clear();
    unopened.clear();
  }

  private void check(Path path, Set<Path> failing) throws IOException {
    for (Path broken : failing) {
      if (path.startsWith(broken)) {
        throw new FileSystemException(path.toString(), null, REASON);
      }
    }
  }

  @Override
  public BasicFileAttributes attributes(Path path, LinkOption... options) throws IOException {
    check(path, unseen);
    return Disk.super.attributes(path, options);
  }

  @Override
  public InputStream open(Path file) throws IOException {
    check(file, unseen);
    check(file, unopened);
    return Disk.super.open(file);
  }
}
