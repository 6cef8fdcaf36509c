package dev.postern.app.cli;

import dev.postern.app.report.ExplanationText;
import dev.postern.app.report.ExplanationTree;
import dev.postern.app.report.JsonText;
import dev.postern.app.report.YamlText;
import dev.postern.app.serve.Reading;
import dev.postern.gatewayapi.explain.Request;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `postern explain`.
final class ExplainCommand {
  static final String HELP =
      """
      Usage: postern explain [OPTIONS] PATH...

      Says how backends are reached: protocol, TLS, server name, trust, names, client
      certificate, ALPN, and for each of these which object and field decided it and what
      was overruled. For one request, if one is described, with the listener, route and
      rule that take it; else for all backends of all rules. Opens no port.

        PATH                      a folder, with all that is below it, or a file
                                  (.yaml, .yml, .json), or a pipe
        --host HOST               the request's host (*)
        --path PATH               its path, perhaps with a query (/)
        --method METHOD           its method (GET)
        --header NAME=VALUE       a header; may be given more than once
        --grpc                    a gRPC request: POST, content-type application/grpc
        -o, --output FORMAT       text for people, json or yaml for programs (text)
        -h, --help                show this help

      Exit codes: 0 everything that was asked about gets to a backend; 1 something does not,
      or an object could not be read; 2 the command was not understood or there is no such
      path.

      Examples:
        postern explain ./manifests
        postern explain ./manifests --host example.com --path /api?v=2
        postern explain ./manifests --host grpc.example.com --path /acme.Users/Get --grpc
        postern explain ./manifests -o json | jq '.places[].rules[].backends[].hop'
      """;

  private static final Set<String> ABOUT_A_REQUEST =
      Set.of("host", "path", "method", "header", "grpc");

  private static final Arguments.Syntax SYNTAX =
      new Arguments.Syntax(
          Set.of("grpc"),
          Set.of("host", "path", "method", "header", "output"),
          Map.of('o', "output"));

  private ExplainCommand() {}

  static int execute(Terminal terminal, List<String> words) {
    Arguments arguments = Arguments.parse(SYNTAX, words);
    String format = arguments.value("output").orElse("text");
    if (!List.of("text", "json", "yaml").contains(format)) {
      throw CommandFailure.misused("--output takes text, json or yaml, not '" + format + "'");
    }
    Optional<Request> request =
        ABOUT_A_REQUEST.stream().anyMatch(arguments::has)
            ? Optional.of(request(arguments))
            : Optional.empty();
    Reading.Explained explained = Reading.explain(Paths.existing(arguments), request);
    terminal
        .out()
        .print(
            switch (format) {
              case "json" -> JsonText.of(ExplanationTree.of(explained.explanation()));
              case "yaml" -> YamlText.of(ExplanationTree.of(explained.explanation()));
              default -> ExplanationText.of(explained.explanation());
            });
    terminal.out().flush();
    if (explained.explanation().places().isEmpty() && explained.errors() == 0) {
      terminal
          .err()
          .println(
              "postern: there is no route on a Gateway of Postern's class; postern check says what"
                  + " is there");
    }
    if (explained.errors() > 0) {
      terminal
          .err()
          .println(
              "postern: not everything could be read, so this may not be all; postern check says"
                  + " why");
    }
    return explained.explanation().isReached() && explained.errors() == 0 ? 0 : 1;
  }

  private static Request request(Arguments arguments) {
    boolean grpc = arguments.has("grpc");
    var headers = new HashMap<String, String>();
    if (grpc) {
      headers.put("content-type", "application/grpc");
    }
    for (String header : arguments.values("header")) {
      int equals = header.indexOf('=');
      if (equals <= 0) {
        throw CommandFailure.misused("--header takes NAME=VALUE, not '" + header + "'");
      }
      String name = header.substring(0, equals).toLowerCase(Locale.ROOT);
      String separator = name.equals("cookie") ? "; " : ",";
      headers.merge(
          name, header.substring(equals + 1), (first, second) -> first + separator + second);
    }
    Optional<String> host = Optional.ofNullable(headers.remove("host"));
    if (host.isPresent() && arguments.has("host")) {
      throw CommandFailure.misused("the host is said twice; say it with --host alone");
    }
    String path = arguments.value("path").orElse("/");
    if (!path.startsWith("/")) {
      throw CommandFailure.misused("--path begins with a slash, unlike '" + path + "'");
    }
    return new Request(
        arguments.value("host").or(() -> host).orElse("*"),
        path,
        arguments.value("method").orElse(grpc ? "POST" : "GET"),
        headers);
  }
}
