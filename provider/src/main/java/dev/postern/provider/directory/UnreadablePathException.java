package dev.postern.provider.directory;

import java.nio.file.Path;

/// A path that was given cannot be served: there is nothing, or nothing that holds manifests. The
/// message is a line for the person who gave it.
public final class UnreadablePathException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Path path;

  UnreadablePathException(Path path, String message) {
    super(message);
    this.path = path;
  }

  /// As it was given.
  public Path path() {
    return path;
  }
}
