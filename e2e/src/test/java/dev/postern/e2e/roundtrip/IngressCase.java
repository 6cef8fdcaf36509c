package dev.postern.e2e.roundtrip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A folder of `roundtrip`. In its files `@name@` stands for what only a running test knows.
record IngressCase(Path folder) {
  static final Path ALL = Path.of("src/test/resources/roundtrip");

  static List<IngressCase> all() {
    try (Stream<Path> folders = Files.list(ALL)) {
      return folders.filter(Files::isDirectory).sorted().map(IngressCase::new).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return folder.getFileName().toString();
  }

  String text(String file, Map<String, String> known) {
    return text(folder.resolve(file), known);
  }

  static String text(Path file, Map<String, String> known) {
    try {
      String text = Files.readString(file);
      for (Map.Entry<String, String> each : known.entrySet()) {
        text = text.replace("@" + each.getKey() + "@", each.getValue());
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The requests that go to that scheme's port, with their header fields.
  String requests(String scheme) {
    StringBuilder wanted = new StringBuilder();
    boolean kept = false;
    for (String line : text("requests.txt", Map.of()).lines().toList()) {
      kept = line.startsWith(" ") ? kept : line.contains(scheme + "://");
      if (kept) {
        wanted.append(line).append('\n');
      }
    }
    return wanted.toString();
  }

  /// Lines such as `path | GET host/path | status 200 became 404`: a subject of the migration's
  /// report, a request, and what differs.
  List<String> differences() {
    return Files.exists(folder.resolve("different.txt"))
        ? text("different.txt", Map.of()).lines().filter(line -> !line.startsWith("#")).toList()
        : List.of();
  }
}
