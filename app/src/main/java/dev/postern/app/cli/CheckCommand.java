package dev.postern.app.cli;

import dev.postern.app.report.JsonText;
import dev.postern.app.report.Mark;
import dev.postern.app.report.Report;
import dev.postern.app.report.ReportTree;
import dev.postern.app.report.Table;
import dev.postern.app.report.YamlText;
import dev.postern.app.serve.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `postern check`.
@Command(
    name = "check",
    description = {
      "Say what some manifests mean and what is wrong with them, without opening a port.",
      ""
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Cli.Version.class,
    abbreviateSynopsis = true,
    footer = {
      "",
      "Exit codes: 0 all is well, perhaps with warnings (--strict makes them count);",
      "1 an object was refused or a condition is not as it should be;",
      "2 the command was not understood, or there is no such path.",
      "",
      "Examples:",
      "  postern check ./manifests",
      "  postern check gateway.yaml routes/ --strict --quiet",
      "  postern check ./manifests -o json | jq '.objects[].conditions[] | select(.verdict==\"bad\")'"
    })
final class CheckCommand implements Callable<Integer> {

  /// The forms of the answer.
  enum Format {
    table,
    json,
    yaml
  }

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Folders, with all that is below them, or files (.yaml, .yml, .json).")
  private List<Path> paths = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json|yaml",
      defaultValue = "table",
      description = "How to say it (${DEFAULT-VALUE}). json and yaml hold the same, for programs.")
  private Format format = Format.table;

  @Option(
      names = {"-q", "--quiet"},
      description = "In the table, say only what is not as it should be.")
  private boolean quiet;

  @Option(names = "--strict", description = "Warnings count as wrong.")
  private boolean strict;

  private final Terminal terminal;

  CheckCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    RunCommand.checkExistence(paths);
    Report report = Reading.report(paths);
    terminal
        .out()
        .print(
            switch (format) {
              case table ->
                  quiet
                      ? Table.ofWrong(report, terminal.style())
                      : Table.of(report, terminal.style());
              case json -> JsonText.of(ReportTree.of(report));
              case yaml -> YamlText.of(ReportTree.of(report));
            });
    terminal.out().flush();
    Mark mark = report.mark();
    return mark == Mark.BAD || (strict && mark == Mark.WARNING) ? 1 : 0;
  }
}
