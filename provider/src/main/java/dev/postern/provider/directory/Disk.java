package dev.postern.provider.directory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is asked of the file system.
interface Disk {
  Disk REAL = new Disk() {};

  /// What stands at a path. Links are followed unless the options say otherwise.
  default BasicFileAttributes attributes(Path path, LinkOption... options) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, options);
  }

  /// The names in a folder, in their order.
  default List<Path> names(Path folder) throws IOException {
    List<Path> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        Path name = entry.getFileName();
        if (name != null) {
          names.add(name);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(names);
    return names;
  }

  /// What is in a file.
  default InputStream open(Path file) throws IOException {
    return Files.newInputStream(file);
  }

  /// The device that a folder is on.
  default Object device(Path folder) throws IOException {
    return Files.getAttribute(folder, "unix:dev");
  }

  /// The type of the file system that a folder is on, such as `ext4`.
  default String type(Path folder) throws IOException {
    return Files.getFileStore(folder).type();
  }

  /// What stands at a path itself, links not followed; null where nothing does.
  ///
  /// @throws IOException where that cannot be told: whatever stood there may still do so
  default @Nullable BasicFileAttributes find(Path path) throws IOException {
    try {
      return attributes(path, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      if (isAbsence(path, e)) {
        return null;
      }
      throw e;
    }
  }

  /// Whether a failure says that nothing stands there: ENOENT, or ENOTDIR, which the JDK does not
  /// tell from others.
  default boolean isAbsence(Path path, IOException failure) {
    if (failure instanceof NoSuchFileException || failure instanceof NotDirectoryException) {
      return true;
    }
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null || failure instanceof AccessDeniedException) {
      return false;
    }
    try {
      return !attributes(parent).isDirectory();
    } catch (IOException e) {
      return isAbsence(parent, e);
    }
  }

  /// Why something failed, in a few words without the path.
  static String words(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "no permission";
    }
    String reason =
        failure instanceof FileSystemException e && e.getReason() != null
            ? e.getReason()
            : failure.getMessage();
    return reason == null ? failure.getClass().getSimpleName() : reason;
  }
}
