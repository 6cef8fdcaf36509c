package dev.postern.app.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `postern run`.
final class RunCommand {
  static final String HELP =
      """
      Usage: postern run [OPTIONS] PATH...

      Serves the Gateways and routes of some manifests, and follows every change of them.

        PATH                      a folder, with all that is below it, or a file
                                  (.yaml, .yml, .json)
      """
          + RunOptions.HELP
          + """

          Prints what it serves and what is wrong, then a line that starts with 'ready',
          and from then on what changes. SIGTERM or Ctrl-C takes no new requests, finishes
          those under way and exits with 0; a second one ends at once.

          Examples:
            postern run ./manifests
            postern run gateway.yaml routes/ --access-log off
            postern run ./manifests --admin 127.0.0.1:0 --access-log access.log
          """;

  private static final Arguments.Syntax SYNTAX =
      new Arguments.Syntax(Set.of(), RunOptions.NAMES, Map.of());

  private RunCommand() {}

  static int execute(Terminal terminal, List<String> words) {
    Arguments arguments = Arguments.parse(SYNTAX, words);
    RunOptions options = RunOptions.of(arguments);
    List<Path> paths = Paths.existing(arguments);
    var session = new Session(terminal, options);
    return session.run(paths, words, session::awaitSignal);
  }
}
