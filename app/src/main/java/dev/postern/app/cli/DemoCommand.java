package dev.postern.app.cli;

import dev.postern.app.demo.DemoFolder;
import dev.postern.app.demo.SampleBackend;
import dev.postern.app.demo.SelfSigned;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `postern demo`.
@Command(
    name = "demo",
    description = {
      "Try a verified TLS connection to a backend, with nothing else installed.",
      "",
      "Starts a small TLS backend with a fresh certificate for example.com, writes the manifests"
          + " that lead to it, serves them, and prints the commands to try.",
      ""
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Cli.Version.class,
    abbreviateSynopsis = true,
    footer = {"", "Examples:", "  postern demo", "  postern demo --port 9090 --dir /tmp/demo"})
final class DemoCommand implements Callable<Integer> {
  private static final Duration VALIDITY = Duration.ofDays(365);

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Of the Gateway (${DEFAULT-VALUE}); another one where that is taken.")
  private int port = 8080;

  @Option(
      names = "--dir",
      paramLabel = "FOLDER",
      defaultValue = "demo",
      description = "Where to write the manifests (./${DEFAULT-VALUE}).")
  private Path folder = Path.of("demo");

  @Mixin private final RunOptions options = new RunOptions();

  @Option(
      names = "--train",
      hidden = true,
      description = "Send itself some requests and end: makes the AOT cache.")
  private boolean train;

  private final Terminal terminal;
  private final List<String> arguments;

  DemoCommand(Terminal terminal, List<String> arguments) {
    this.terminal = terminal;
    this.arguments = arguments;
  }

  @Override
  public Integer call() throws IOException {
    if (train) {
      return Training.run(terminal, options);
    }
    if (port < 1 || port > 65535) {
      throw CommandFailure.misused("--port takes 1 to 65535, not " + port);
    }
    int gatewayPort = FreePorts.from(port);
    if (gatewayPort != port) {
      terminal.out().println("port " + port + " is taken, so the demo listens on " + gatewayPort);
    }
    HostPort admin = FreePorts.from(options.admin);
    if (!admin.equals(options.admin)) {
      terminal.out().println(options.admin + " is taken, so the admin endpoint is at " + admin);
      options.admin = admin;
    }
    SelfSigned identity = SelfSigned.forDnsName("example.com", VALIDITY);
    try (SampleBackend backend = SampleBackend.start(identity)) {
      DemoFolder manifests = write(gatewayPort, backend, identity);
      Session.Until until =
          running -> {
            terminal.out().print(DemoWords.of(manifests, gatewayPort, running.adminAddress()));
            terminal.out().flush();
            Session.UntilSignal.INSTANCE.await(running);
          };
      return new Session(terminal, options, until).run(List.of(folder), arguments);
    }
  }

  private DemoFolder write(int gatewayPort, SampleBackend backend, SelfSigned identity) {
    try {
      return DemoFolder.write(folder, gatewayPort, backend, identity.pem());
    } catch (IOException e) {
      throw CommandFailure.failed(
          "cannot write the manifests: " + e.getMessage() + "; choose a folder with --dir");
    }
  }
}
