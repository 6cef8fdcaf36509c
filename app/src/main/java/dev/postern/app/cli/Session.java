package dev.postern.app.cli;

import dev.postern.app.serve.AccessLog;
import dev.postern.app.serve.HeapWatch;
import dev.postern.app.serve.LineWriter;
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

  /// Characters that may wait for a slow reader of standard output.
  private static final int CAPACITY = 1 << 20;

  private final LineWriter output;
  private final RunOptions options;
  private final StopSignals signals = new StopSignals();

  Session(Terminal terminal, RunOptions options) {
    output = new LineWriter(terminal.out(), "output", CAPACITY);
    this.options = options;
  }

  /// Says something to the person who started it. Whoever reads it slowly, or stopped reading,
  /// holds nothing up.
  void say(String lines) {
    output.accept(lines);
  }

  /// Waits for SIGTERM or SIGINT.
  void awaitSignal(Postern running) throws InterruptedException {
    signals.await();
  }

  /// Serves as long as `until` takes. Returns the exit code.
  int run(List<Path> paths, List<String> arguments, Until until) {
    try (output) {
      return runLogged(paths, arguments, until);
    }
  }

  private int runLogged(List<Path> paths, List<String> arguments, Until until) {
    Optional<LineWriter> accessLog = openAccessLog();
    try {
      String served = String.join(" ", paths.stream().map(Path::toString).toList());
      say("Postern " + Version.number() + " serves " + served);
      var how =
          new Postern.Options(
              paths,
              options.workers(),
              accessLog.map(log -> log),
              options.admin().address(),
              arguments);
      try (Postern postern = start(how)) {
        signals.arm();
        say(Announcer.ready(postern));
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
      accessLog.ifPresent(LineWriter::close);
    }
  }

  private Postern start(Postern.Options how) {
    try {
      return Postern.start(how, new Announcer(output));
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      String who =
          message.contains("in use")
              ? "see who listens there with: ss -ltnp 'sport = :"
                  + options.admin().port()
                  + "', or "
              : "";
      throw CommandFailure.failed(
          "the admin endpoint "
              + message
              + "; "
              + who
              + "choose another place with --admin HOST:PORT");
    }
  }

  private void stop(Postern postern) {
    String limit = DurationText.of(options.drainTimeout());
    say("stopping: requests under way get " + limit + " to end");
    boolean allEnded = postern.drain(options.drainTimeout());
    say(allEnded ? "stopped" : "stopped: some requests took longer and were cut off");
  }

  private Optional<LineWriter> openAccessLog() {
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
