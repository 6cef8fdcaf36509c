package dev.postern.app.cli;

import dev.postern.app.serve.Version;
import dev.postern.provider.directory.UnreadablePathException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The command line of the program.
public final class Cli {
  private static final String HELP =
      """
      Usage: postern COMMAND ...

      A Kubernetes Gateway API gateway that gets the last hop right: the connection from
      the gateway to the backend.

      Commands:
        demo               try a verified TLS connection to a backend, nothing else needed
        run PATH...        serve the Gateways and routes of some manifests, follow changes
        check PATH...      say what some manifests mean and what is wrong with them
        explain PATH...    say how backends are reached, and who decided it
        migrate PATH...    make Gateways and routes of ingress-nginx's Ingresses
        probe HOST:PORT    say what a live backend speaks, and what to write for it
        diff-traffic ...   send requests to two gateways, say where their answers differ

        COMMAND --help     more about a command, with examples
        --version          the version

      Examples:
        postern demo
        postern run ./manifests
        postern check ./manifests
        postern explain ./manifests --host example.com --path /

      Exit codes: 0 all is well, 1 something is wrong, 2 the command was not understood.
      """;

  private Cli() {}

  /// Runs a command in the process that the program is. Returns its exit code.
  public static int execute(String... args) {
    // All output is UTF-8, whatever the locale says: names must survive a bare container.
    return execute(
        new Terminal(stream(FileDescriptor.out), stream(FileDescriptor.err), Optional.empty()),
        List.of(args));
  }

  /// Runs a command that writes there.
  static int execute(Terminal terminal, List<String> words) {
    String command = words.isEmpty() ? "" : words.getFirst();
    List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
    try {
      return run(terminal, command, rest);
    } catch (CommandFailure failure) {
      terminal.err().println("postern: " + failure.getMessage());
      if (failure.isMisuse()) {
        terminal.err().println("Try: postern " + (helps(command) ? command + " " : "") + "--help");
      }
      return failure.exitCode();
    } catch (UnreadablePathException e) {
      terminal.err().println("postern: " + e.getMessage());
      return CommandFailure.MISUSED;
    }
  }

  private static int run(Terminal terminal, String command, List<String> rest) {
    return switch (command) {
      case "run", "check", "explain", "migrate", "probe", "diff-traffic", "demo" -> {
        if (rest.stream().takeWhile(word -> !word.equals("--")).anyMatch(Cli::asksForHelp)) {
          terminal.out().print(helpOf(command));
          yield 0;
        }
        yield switch (command) {
          case "run" -> RunCommand.execute(terminal, rest);
          case "check" -> CheckCommand.execute(terminal, rest);
          case "explain" -> ExplainCommand.execute(terminal, rest);
          case "migrate" -> MigrateCommand.execute(terminal, rest);
          case "probe" -> ProbeCommand.execute(terminal, rest);
          case "diff-traffic" -> DiffTrafficCommand.execute(terminal, rest);
          default -> DemoCommand.execute(terminal, rest);
        };
      }
      case "--version", "-V" -> {
        terminal.out().println("postern " + Version.number());
        yield 0;
      }
      case "--help", "-h", "help" -> {
        terminal.out().print(rest.isEmpty() ? HELP : helpOf(rest.getFirst()));
        yield 0;
      }
      case "" -> {
        terminal.err().print(HELP);
        yield CommandFailure.MISUSED;
      }
      default -> throw unknown(command);
    };
  }

  private static CommandFailure unknown(String command) {
    return CommandFailure.misused(
        "there is no command '"
            + command
            + "', only demo, run, check, explain, migrate, probe and diff-traffic");
  }

  private static boolean asksForHelp(String word) {
    return word.equals("--help") || word.equals("-h");
  }

  private static boolean helps(String command) {
    return Arrays.asList("run", "check", "explain", "migrate", "probe", "diff-traffic", "demo")
        .contains(command);
  }

  private static String helpOf(String command) {
    return switch (command) {
      case "run" -> RunCommand.HELP;
      case "check" -> CheckCommand.HELP;
      case "explain" -> ExplainCommand.HELP;
      case "migrate" -> MigrateCommand.HELP;
      case "probe" -> ProbeCommand.HELP;
      case "diff-traffic" -> DiffTrafficCommand.HELP;
      case "demo" -> DemoCommand.HELP;
      default -> throw unknown(command);
    };
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
