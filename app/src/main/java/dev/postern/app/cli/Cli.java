package dev.postern.app.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/// The command line of the program.
@Command(
    name = "postern",
    description = {
      "A Kubernetes Gateway API gateway that gets the last hop right: the connection from the"
          + " gateway to the backend.",
      ""
    },
    synopsisHeading = "Usage: ",
    customSynopsis = {"postern COMMAND ...", "       postern COMMAND --help"},
    versionProvider = Cli.Version.class,
    sortOptions = false,
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  postern demo              a first request through a verified TLS connection",
      "  postern run ./manifests   serve that folder, and follow it as it changes",
      "  postern check ./manifests what is wrong with it, and where",
      "",
      "Exit codes: 0 all is well, 1 something is wrong, 2 the command was not understood."
    })
public final class Cli {

  /// All output is UTF-8, whatever the locale says: marks and names must survive a bare container.
  private static final PrintStream STDOUT = stream(FileDescriptor.out);

  private static final PrintStream STDERR = stream(FileDescriptor.err);

  private Cli() {}

  /// Runs a command in the process that the program is. Returns its exit code.
  public static int execute(String... args) {
    return execute(new Terminal(STDOUT, STDERR), args);
  }

  /// Runs a command that writes there.
  static int execute(Terminal terminal, String... args) {
    CommandLine command = commandFor(terminal, args);
    boolean known = command.getCommandSpec().parent() == null && !isRoot(command);
    String[] rest = known ? Arrays.copyOfRange(args, 1, args.length) : args;
    return command.execute(rest);
  }

  /// The usual case is one command, and reading the annotations of all would cost time at start.
  private static CommandLine commandFor(Terminal terminal, String... args) {
    String first = args.length == 0 ? "" : args[0];
    return configured(
        terminal,
        switch (first) {
          case "run" ->
              new CommandLine(new RunCommand(terminal, List.of(args)))
                  .setCommandName("postern run");
          case "check" ->
              new CommandLine(new CheckCommand(terminal)).setCommandName("postern check");
          case "demo" ->
              new CommandLine(new DemoCommand(terminal, List.of(args)))
                  .setCommandName("postern demo");
          default ->
              new CommandLine(new Cli())
                  .addSubcommand("demo", new DemoCommand(terminal, List.of(args)))
                  .addSubcommand("run", new RunCommand(terminal, List.of(args)))
                  .addSubcommand("check", new CheckCommand(terminal))
                  .addSubcommand("help", new CommandLine.HelpCommand());
        });
  }

  private static boolean isRoot(CommandLine command) {
    return command.getCommand() instanceof Cli;
  }

  private static CommandLine configured(Terminal terminal, CommandLine command) {
    return command
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.helpColours()))
        .setUsageHelpWidth(terminal.helpWidth())
        .setParameterExceptionHandler(Cli::misunderstood)
        .setExecutionExceptionHandler(Cli::failed);
  }

  private static int misunderstood(ParameterException problem, String[] args) {
    PrintWriter err = problem.getCommandLine().getErr();
    String name = problem.getCommandLine().getCommandName();
    if (problem.getCommandLine().getCommand() instanceof Cli && args.length == 0) {
      problem.getCommandLine().usage(err);
    } else {
      err.println("postern: " + words(problem, args));
      err.println("Try: " + name + " --help");
    }
    return CommandLine.ExitCode.USAGE;
  }

  private static String words(ParameterException problem, String[] args) {
    boolean noSuchCommand =
        problem.getCommandLine().getCommand() instanceof Cli && !args[0].startsWith("-");
    if (noSuchCommand) {
      return "there is no command '" + args[0] + "', but demo, run and check";
    }
    return String.valueOf(problem.getMessage());
  }

  private static int failed(Exception failure, CommandLine command, Object result)
      throws Exception {
    if (failure instanceof CommandFailure known) {
      command.getErr().println("postern: " + known.getMessage());
      return known.exitCode();
    }
    throw failure;
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /// From the manifest of the jar.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"postern " + dev.postern.app.serve.Version.number()};
    }
  }
}
