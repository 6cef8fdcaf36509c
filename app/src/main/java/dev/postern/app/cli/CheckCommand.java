package dev.postern.app.cli;

import dev.postern.app.report.JsonText;
import dev.postern.app.report.Mark;
import dev.postern.app.report.Report;
import dev.postern.app.report.ReportTree;
import dev.postern.app.report.Table;
import dev.postern.app.report.YamlText;
import dev.postern.app.serve.Reading;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `postern check`.
final class CheckCommand {
  static final String HELP =
      """
      Usage: postern check [OPTIONS] PATH...

      Says what some manifests mean and what is wrong with them: every finding with its
      file and line, and every condition of every GatewayClass, Gateway, route and policy.
      Opens no port.

        PATH                      a folder, with all that is below it, or a file
                                  (.yaml, .yml, .json), or a pipe
        --with PATH               what is there besides, such as the objects of a cluster:
                                  counts where PATH has no object of that name, and is not
                                  judged itself; may be repeated
        -o, --output FORMAT       table for people, json or yaml for programs (table)
        -q, --quiet               in the table, only what is not as it should be
        --strict                  warnings count as wrong
        -h, --help                show this help

      Exit codes: 0 all is well, perhaps with warnings; 1 something is wrong: an object is
      refused or a condition is not as it should be; 2 the command was not understood or
      there is no such path.

      Examples:
        postern check ./manifests
        postern check gateway.yaml routes/ --strict --quiet
        postern check ./manifests --with cluster.yaml
        postern check <(kustomize build .)
        postern check ./manifests -o json | jq .summary
      """;

  private static final Arguments.Syntax SYNTAX =
      new Arguments.Syntax(
          Set.of("quiet", "strict"), Set.of("output", "with"), Map.of('o', "output", 'q', "quiet"));

  private CheckCommand() {}

  static int execute(Terminal terminal, List<String> words) {
    Arguments arguments = Arguments.parse(SYNTAX, words);
    String format = arguments.value("output").orElse("table");
    if (!List.of("table", "json", "yaml").contains(format)) {
      throw CommandFailure.misused("--output takes table, json or yaml, not '" + format + "'");
    }
    Report report =
        Reading.report(Paths.existing(arguments), Paths.existing(arguments.values("with")));
    terminal
        .out()
        .print(
            switch (format) {
              case "json" -> JsonText.of(ReportTree.of(report));
              case "yaml" -> YamlText.of(ReportTree.of(report));
              default -> table(report, terminal, arguments.has("quiet"));
            });
    terminal.out().flush();
    Mark mark = report.mark();
    boolean wrong = mark == Mark.BAD || (mark == Mark.WARNING && arguments.has("strict"));
    return wrong ? 1 : 0;
  }

  private static String table(Report report, Terminal terminal, boolean quiet) {
    return quiet ? Table.ofWrong(report, terminal.style()) : Table.of(report, terminal.style());
  }
}
