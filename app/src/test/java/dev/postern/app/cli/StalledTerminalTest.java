package dev.postern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.app.report.Style;
import dev.postern.app.serve.Postern;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever stops to read what the gateway prints holds up neither changes nor its end. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StalledTerminalTest {
  @TempDir private Path folder;
  private final CountDownLatch readOn = new CountDownLatch(1);

  /** A pipe that is full: nothing can be written to it until somebody reads on. */
  private final class FullPipe extends OutputStream {
    private final ByteArrayOutputStream passed = new ByteArrayOutputStream();

    @Override
    public void write(int octet) {
      try {
        readOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      passed.write(octet);
    }
  }

  @AfterEach
  void read() {
    readOn.countDown();
  }

  private static String gatewayClass(String name) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: GatewayClass
    metadata: {name: %s}
    spec: {controllerName: postern.dev/gateway-controller}
    """
        .formatted(name);
  }

  private int run(OutputStream out, Session.Until until) {
    var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    var terminal = new Terminal(stream, stream, Optional.of(Style.PLAIN));
    var syntax = new Arguments.Syntax(Set.of(), RunOptions.NAMES, Map.of());
    RunOptions options =
        RunOptions.of(
            Arguments.parse(
                syntax, List.of("--admin=127.0.0.1:0", "--access-log=off", "--workers=1")));
    return new Session(terminal, options).run(List.of(folder), List.of(), until);
  }

  private void changeAndAwait(Postern running) {
    try {
      long before = running.snapshot().version();
      Files.writeString(folder.resolve("b.yaml"), gatewayClass("b"));
      while (running.snapshot().version() == before) {
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aReaderThatStopsHoldsUpNeitherChangesNorTheEnd() throws IOException {
    Files.writeString(folder.resolve("a.yaml"), gatewayClass("a"));
    var pipe = new FullPipe();
    assertThat(run(pipe, this::changeAndAwait)).isZero();
    assertThat(pipe.passed.size()).isZero();
  }

  @Test
  void aReaderThatReadsGetsAllLinesInTheirOrder() throws IOException {
    Files.writeString(folder.resolve("a.yaml"), gatewayClass("a"));
    readOn.countDown();
    var out = new ByteArrayOutputStream();
    Session.Until announced =
        running -> {
          changeAndAwait(running);
          while (!out.toString(StandardCharsets.UTF_8).contains("GatewayClass b")) {
            Thread.onSpinWait();
          }
        };
    assertThat(run(out, announced)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .containsSubsequence(
            "Postern ",
            " serves " + folder,
            "ready: ",
            "+ GatewayClass b",
            "stopping: ",
            "stopped");
  }
}
