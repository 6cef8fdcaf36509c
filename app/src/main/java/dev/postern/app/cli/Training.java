package dev.postern.app.cli;

import dev.postern.app.demo.DemoFolder;
import dev.postern.app.demo.SampleBackend;
import dev.postern.app.demo.SelfSigned;
import dev.postern.app.serve.Postern;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// One run through everything that a start needs, so that the JVM can remember the classes and what
/// they do in an AOT cache (JEP 514). Sends itself requests on loopback and ends within seconds.
final class Training {
  private static final Duration VALIDITY = Duration.ofDays(1);
  private static final int REQUESTS = 50;
  private static final int TIMEOUT_MILLIS = 10_000;

  /// Outside what Linux gives to who wants any port, as the admin endpoint does, before the
  /// Gateway's is bound.
  private static final int LEAST_PORT = 10_000;

  private static final int MOST_PORT = 30_000;

  private final Path folder;
  private final int port;

  private Training(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  static int run(Terminal terminal, RunOptions options) throws IOException {
    Path folder = Files.createTempDirectory("postern-training");
    SelfSigned identity = SelfSigned.forDnsName("example.com", VALIDITY);
    try (SampleBackend backend = SampleBackend.start(identity)) {
      int port = FreePorts.from(ThreadLocalRandom.current().nextInt(LEAST_PORT, MOST_PORT));
      DemoFolder manifests = DemoFolder.write(folder, port, backend, identity.pem());
      var training = new Training(folder, port);
      int code =
          new Session(terminal, options.withAdmin(new HostPort("127.0.0.1", 0)))
              .run(
                  List.of(folder),
                  List.of("demo", "--train"),
                  running -> training.requests(running, manifests));
      var nowhere =
          new Terminal(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
              terminal.err(),
              Optional.empty());
      return Math.max(code, Cli.execute(nowhere, List.of("check", folder.toString())));
    } finally {
      delete(folder);
    }
  }

  private void requests(Postern running, DemoFolder manifests) throws InterruptedException {
    try {
      for (int i = 0; i < REQUESTS; i++) {
        expect(get(port, "/"), "200");
      }
      Path off = folder.resolve("policy.yaml.off");
      Files.move(manifests.policy(), off);
      until(() -> get(port, "/").startsWith("HTTP/1.1 400"));
      Files.move(off, manifests.policy());
      until(() -> get(port, "/").startsWith("HTTP/1.1 200"));
    } catch (IOException e) {
      throw CommandFailure.failed(
          "training failed: " + e.getMessage() + running.snapshot().version());
    }
  }

  private interface Check {
    boolean holds() throws IOException;
  }

  private static void until(Check check) throws IOException, InterruptedException {
    long end = System.nanoTime() + Duration.ofMillis(TIMEOUT_MILLIS).toNanos();
    while (!check.holds()) {
      if (System.nanoTime() > end) {
        throw new IOException("a change did not take effect");
      }
      Thread.sleep(2);
    }
  }

  private static void expect(String answer, String status) throws IOException {
    if (!answer.startsWith("HTTP/1.1 " + status)) {
      throw new IOException("expected " + status + ", got " + answer);
    }
  }

  private static String get(int port, String path) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port),
          TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      String request =
          "GET " + path + " HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
