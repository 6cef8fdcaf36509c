package dev.postern.app.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Objects;

/// What is wrong with a file, in words.
final class FileTrouble {
  private FileTrouble() {}

  static String of(IOException trouble) {
    String message = Objects.requireNonNullElse(trouble.getMessage(), "");
    return switch (trouble) {
      case NoSuchFileException _ -> "there is no file or folder " + message;
      case AccessDeniedException _ -> "no permission for " + message;
      case FileAlreadyExistsException _ -> message + " is there already, and is no folder";
      case NotDirectoryException _ -> message + " is no folder";
      case DirectoryNotEmptyException _ -> message + " is a folder that is not empty";
      case FileSystemLoopException _ -> "the links of " + message + " lead around in a circle";
      case FileSystemException other when other.getReason() == null ->
          message + " (" + words(other) + ")";
      default -> message.isEmpty() ? trouble.toString() : message;
    };
  }

  /// The exception's name without its end, such as `not link`.
  private static String words(FileSystemException trouble) {
    return trouble
        .getClass()
        .getSimpleName()
        .replaceFirst("Exception$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }
}
