package dev.postern.app.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/// What is wrong with a file, in words.
final class FileTrouble {
  private FileTrouble() {}

  static String of(IOException trouble) {
    String message = Objects.requireNonNullElse(trouble.getMessage(), "");
    return switch (trouble) {
      case NoSuchFileException _ -> "there is no file or folder " + message;
      case AccessDeniedException _ -> "no permission for " + message;
      default -> message.isEmpty() ? trouble.toString() : message;
    };
  }
}
