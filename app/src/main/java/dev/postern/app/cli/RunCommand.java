package dev.postern.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `postern run`.
@Command(
    name = "run",
    description = {"Serve the Gateways and routes of some manifests, and follow every change.", ""},
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Cli.Version.class,
    abbreviateSynopsis = true,
    footer = {
      "",
      "Prints what it serves, a line that starts with 'ready', and from then on what changes.",
      "SIGTERM or Ctrl-C finishes the requests under way, takes no new ones and exits with 0;"
          + " a second one ends at once.",
      "",
      "Examples:",
      "  postern run ./manifests",
      "  postern run gateway.yaml routes/ --access-log off",
      "  postern run ./manifests --admin 127.0.0.1:0 --access-log access.log"
    })
final class RunCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Folders, with all that is below them, or files (.yaml, .yml, .json).")
  private List<Path> paths = List.of();

  @Mixin private final RunOptions options = new RunOptions();

  private final Terminal terminal;
  private final List<String> arguments;

  RunCommand(Terminal terminal, List<String> arguments) {
    this.terminal = terminal;
    this.arguments = arguments;
  }

  @Override
  public Integer call() {
    checkExistence(paths);
    return new Session(terminal, options, Session.UntilSignal.INSTANCE).run(paths, arguments);
  }

  static void checkExistence(List<Path> paths) {
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw CommandFailure.misused("there is no file or folder " + path);
      }
      if (!Files.isReadable(path)) {
        throw CommandFailure.misused("no permission to read " + path);
      }
    }
  }
}
