package dev.postern.app.cli;

import dev.postern.app.demo.DemoFolder;
import dev.postern.app.demo.SampleBackend;
import dev.postern.app.demo.SelfSigned;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `postern demo`.
final class DemoCommand {
  static final String HELP =
      """
      Usage: postern demo [OPTIONS]

      Try a verified TLS connection to a backend, with nothing else installed: starts a
      small TLS backend with a fresh certificate for example.com, writes the manifests that
      lead to it, serves them, and prints the commands to try.

        --port PORT               of the Gateway (8080); another one where it is taken
        --dir FOLDER              where to write the manifests (demo)
      """
          + RunOptions.HELP
          + """

          Examples:
            postern demo
            postern demo --port 9090 --dir /tmp/demo
          """;

  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final Arguments.Syntax SYNTAX =
      new Arguments.Syntax(Set.of("train"), names(), Map.of());

  private final Terminal terminal;
  private final Path folder;

  private DemoCommand(Terminal terminal, Path folder) {
    this.terminal = terminal;
    this.folder = folder;
  }

  private static Set<String> names() {
    var names = new HashSet<>(RunOptions.NAMES);
    names.add("port");
    names.add("dir");
    return names;
  }

  static int execute(Terminal terminal, List<String> words) {
    Arguments arguments = Arguments.parse(SYNTAX, words);
    if (!arguments.operands().isEmpty()) {
      throw CommandFailure.misused("demo takes no path; it has manifests of its own");
    }
    RunOptions options = RunOptions.of(arguments);
    try {
      if (arguments.has("train")) {
        return Training.run(terminal, options);
      }
      int port = arguments.number("port", 8080, 1, 65535);
      Path folder = Paths.path(arguments.value("dir").orElse("demo"));
      return new DemoCommand(terminal, folder).run(port, options, words);
    } catch (IOException e) {
      throw CommandFailure.failed(String.valueOf(e.getMessage()));
    }
  }

  private int run(int port, RunOptions asked, List<String> words) throws IOException {
    int gatewayPort = FreePorts.from(port);
    if (gatewayPort != port) {
      terminal.out().println("port " + port + " is taken, so the demo listens on " + gatewayPort);
    }
    HostPort admin = FreePorts.from(asked.admin());
    if (!admin.equals(asked.admin())) {
      terminal.out().println(asked.admin() + " is taken, so the admin endpoint is at " + admin);
    }
    SelfSigned identity = SelfSigned.forDnsName("example.com", VALIDITY);
    try (SampleBackend backend = SampleBackend.start(identity)) {
      DemoFolder manifests = write(gatewayPort, backend, identity);
      var session = new Session(terminal, asked.withAdmin(admin));
      return session.run(
          List.of(folder),
          words,
          running -> {
            session.say(
                DemoWords.of(manifests, gatewayPort, running.adminAddress()).stripTrailing()
                    + "\n");
            session.awaitSignal(running);
          });
    }
  }

  private DemoFolder write(int gatewayPort, SampleBackend backend, SelfSigned identity) {
    try {
      return DemoFolder.write(folder, gatewayPort, backend, identity.pem());
    } catch (IOException e) {
      throw CommandFailure.failed(
          "cannot write the manifests: " + FileTrouble.of(e) + "; choose a folder with --dir");
    }
  }
}
