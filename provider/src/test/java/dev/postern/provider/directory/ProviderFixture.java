package dev.postern.provider.directory;

import dev.postern.gatewayapi.resource.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder, a provider that reads it, and what it said. */
abstract class ProviderFixture {
  /** Looks often, so that a test need not wait long. */
  static final Rhythm QUICK =
      new Rhythm(Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofHours(1));

  @TempDir Path temp;
  Path folder;
  final Recorder seen = new Recorder();
  DirectoryProvider provider;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(temp.resolve("folder"));
  }

  @AfterEach
  void stop() {
    if (provider != null) {
      provider.close();
    }
  }

  void start(Path... paths) {
    start(new DirectoryProvider(List.of(paths)));
  }

  void start(DirectoryProvider made) {
    provider = made;
    provider.start(seen);
  }

  static String service(String name, int port) {
    return """
    apiVersion: v1
    kind: Service
    metadata:
      name: %s
    spec:
      ports:
      - port: %d
    """
        .formatted(name, port);
  }

  static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  static void replace(Path file, String text) throws IOException {
    Path other = file.resolveSibling("." + file.getFileName() + ".tmp");
    Files.writeString(other, text);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
  }

  int port(String name) {
    return ((Service) seen.get(name)).ports().getFirst().port();
  }

  boolean hasPort(String name, int port) {
    return seen.names().contains(name) && port(name) == port;
  }
}
