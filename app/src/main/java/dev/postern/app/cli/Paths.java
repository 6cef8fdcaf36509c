package dev.postern.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/// The manifests that a command is to read.
final class Paths {
  private Paths() {}

  /// @throws CommandFailure where there are none, or one is not there
  static List<Path> existing(Arguments arguments) {
    if (arguments.operands().isEmpty()) {
      throw CommandFailure.misused("which folder or file?");
    }
    return existing(arguments.operands());
  }

  /// @throws CommandFailure where one is not there
  static List<Path> existing(List<String> operands) {
    var paths = new ArrayList<Path>();
    for (String operand : operands) {
      Path path = path(operand);
      try {
        Files.readAttributes(path, BasicFileAttributes.class);
      } catch (IOException e) {
        throw CommandFailure.misused(FileTrouble.of(e));
      }
      if (!Files.isReadable(path)) {
        throw CommandFailure.misused("no permission to read " + path);
      }
      paths.add(path);
    }
    return paths;
  }

  /// @throws CommandFailure for what the file system cannot name
  static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      boolean locale = e.getReason().startsWith("Malformed input");
      throw CommandFailure.misused(
          "this cannot be a path: "
              + e.getReason()
              + (locale ? "; if it is one, this locale is not its: set LC_ALL=C.UTF-8" : ""));
    }
  }
}
