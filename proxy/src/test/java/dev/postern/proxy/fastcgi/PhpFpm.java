package dev.postern.proxy.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// A real php-fpm with a configuration, a folder and a port of its own.
final class PhpFpm implements AutoCloseable {
  final Path root;
  final int port;
  private final Process process;

  /// @param folder an empty folder that only this one uses; scripts go to its `www`
  PhpFpm(Path folder) {
    try {
      root = Files.createDirectories(folder.resolve("www"));
      port = FreePort.next();
      Path configuration = folder.resolve("fpm.conf");
      boolean superuser = "root".equals(System.getProperty("user.name"));
      Files.writeString(
          configuration,
          """
          [global]
          error_log = %s/fpm.log
          daemonize = no
          [www]
          listen = 127.0.0.1:%d
          %s
          pm = static
          pm.max_children = 4
          security.limit_extensions = .php
          catch_workers_output = yes
          php_admin_value[post_max_size] = 64M
          """
              .formatted(folder, port, superuser ? "user = root\ngroup = root" : ""));
      ProcessBuilder starting =
          new ProcessBuilder(program(), "-F", "-R", "-y", configuration.toString());
      process =
          starting
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("fpm.out").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await("php-fpm accepts connections")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !process.isAlive() || accepts());
    assertThat(process.isAlive()).as("php-fpm runs; see %s", folder).isTrue();
  }

  /// Debian calls it php-fpm8.2 and the like.
  private static String program() throws IOException {
    for (Path folder : new Path[] {Path.of("/usr/sbin"), Path.of("/usr/local/sbin")}) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          String found =
              files
                  .filter(f -> f.getFileName().toString().matches("php-fpm[0-9.]*"))
                  .map(Path::toString)
                  .max(String::compareTo)
                  .orElse("");
          if (!found.isEmpty()) {
            return found;
          }
        }
      }
    }
    throw new AssertionError(
        "php-fpm is missing, without which FastCGI is not tested: ./dev setup installs it, or on"
            + " Debian apt-get install php-fpm");
  }

  /// Puts a script there.
  void script(String name, String php) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, php);
  }

  private boolean accepts() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
