package dev.postern.app.cli;

import dev.postern.app.serve.AccessLog;
import dev.postern.app.serve.HeapWatch;
import dev.postern.app.serve.Postern;
import dev.postern.app.serve.TrafficFirst;
import dev.postern.app.serve.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// One gateway from start to end, for the person who started it.
final class Session {

  /// Decides when it is enough.
  @FunctionalInterface
  interface Until {
    /// Waits; the gateway serves meanwhile.
    void await(Postern running) throws InterruptedException;
  }

  private final Terminal terminal;
  private final RunOptions options;
  private final StopSignals signals = new StopSignals();

  Session(Terminal terminal, RunOptions options) {
    this.terminal = terminal;
    this.options = options;
  }

  /// Waits for SIGTERM or SIGINT.
  void awaitSignal(Postern running) throws InterruptedException {
    signals.await();
  }

  /// Serves as long as `until` takes. Returns the exit code.
  int run(List<Path> paths, List<String> arguments, Until until) {
    Optional<AccessLog> accessLog = openAccessLog();
    try {
      String served = String.join(" ", paths.stream().map(Path::toString).toList());
      terminal.out().println("Postern " + Version.number() + " serves " + served);
      var how =
          new Postern.Options(
              paths,
              options.workers(),
              accessLog.map(log -> log),
              options.admin().address(),
              arguments);
      try (Postern postern = start(how)) {
        signals.arm();
        terminal.out().println(Announcer.ready(postern));
        TrafficFirst.arrange();
        HeapWatch.start();
        until.await(postern);
        stop(postern);
        return 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return 1;
      }
    } finally {
      accessLog.ifPresent(AccessLog::close);
    }
  }

  private Postern start(Postern.Options how) {
    try {
      return Postern.start(how, new Announcer(terminal.out()));
    } catch (IOException e) {
      throw CommandFailure.failed(
          "the admin endpoint "
              + e.getMessage()
              + "; see who listens there with: ss -ltnp 'sport = :"
              + options.admin().port()
              + "', or choose another place with --admin HOST:PORT");
    }
  }

  private void stop(Postern postern) {
    String limit = DurationText.of(options.drainTimeout());
    terminal.out().println("stopping: requests under way get " + limit + " to end");
    boolean allEnded = postern.drain(options.drainTimeout());
    terminal
        .out()
        .println(allEnded ? "stopped" : "stopped: some requests took longer and were cut off");
  }

  private Optional<AccessLog> openAccessLog() {
    if (options.logsNowhere()) {
      return Optional.empty();
    }
    if (options.logsToStdout()) {
      return Optional.of(AccessLog.toStdout());
    }
    Path file = Paths.path(options.accessLog());
    try {
      return Optional.of(AccessLog.toFile(file));
    } catch (IOException e) {
      throw CommandFailure.failed("cannot write the access log: " + e.getMessage());
    }
  }
}
