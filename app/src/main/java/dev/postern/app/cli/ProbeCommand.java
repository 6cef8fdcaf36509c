package dev.postern.app.cli;

import dev.postern.app.probe.Assessment;
import dev.postern.app.probe.ProbeTarget;
import dev.postern.app.probe.Probed;
import dev.postern.app.probe.Prober;
import dev.postern.app.probe.WantedService;
import dev.postern.app.report.JsonText;
import dev.postern.app.report.ProbeManifests;
import dev.postern.app.report.ProbeText;
import dev.postern.app.report.ProbeTree;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `postern probe`.
final class ProbeCommand {
  static final String HELP =
      """
      Usage: postern probe [OPTIONS] HOST:PORT

      Looks at a live backend and says what it speaks: TLS and its versions, ALPN, HTTP/1.1,
      HTTP/2, gRPC, WebSocket, FastCGI; what would verify its certificate; and what to write
      so that a gateway reaches it: appProtocol, BackendTLSPolicy, the CA's ConfigMap.

        HOST:PORT                 the backend, such as web.shop.svc:8443 or 10.0.0.7:80
        --sni NAME                the name to ask it for (HOST, unless that is an address)
        --service NAMESPACE/NAME  the Service in the cluster that stands for it, perhaps with
                                  :PORT; else HOST says it, or one is written
        --timeout DURATION        how long to wait for one answer, 10m at most (2s)
        -o, --output FORMAT       text for people, json for programs, yaml for the manifests
                                  alone (text)
        -h, --help                show this help

      Exit codes: 0 something known is spoken; 1 it is reached, and speaks nothing known; 2 it
      is not reached; 3 the command was not understood.

      Examples:
        postern probe web.shop.svc:8443
        postern probe 127.0.0.1:8443 --sni example.com --service shop/web:443
        postern probe api.example.com:443 -o yaml | kubectl apply -f -
      """;

  private static final Arguments.Syntax SYNTAX =
      new Arguments.Syntax(
          Set.of(), Set.of("sni", "service", "timeout", "output"), Map.of('o', "output"));

  private static final int NOTHING_KNOWN = 1;
  private static final int NOT_REACHED = 2;
  private static final int FAILED = 3;

  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final String EXAMPLES = "10.0.0.7:8443 or web.shop.svc:80";
  private static final int LONGEST_NAME = 253;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9.])?");
  private static final Pattern SERVICE =
      Pattern.compile("([a-z0-9][a-z0-9-]{0,62})/([a-z0-9][a-z0-9-]{0,62})(?::([0-9]{1,5}))?");

  private ProbeCommand() {}

  static int execute(Terminal terminal, List<String> words) {
    try {
      return probe(terminal, words);
    } catch (CommandFailure e) {
      throw e.withExitCode(FAILED);
    }
  }

  private static int probe(Terminal terminal, List<String> words) {
    Arguments arguments = Arguments.parse(SYNTAX, words);
    String format = arguments.value("output").orElse("text");
    if (!List.of("text", "json", "yaml").contains(format)) {
      throw CommandFailure.misused("--output takes text, json or yaml, not '" + format + "'");
    }
    ProbeTarget target = target(arguments);
    WantedService service =
        arguments
            .value("service")
            .map(text -> service(text, target.port()))
            .orElseGet(() -> WantedService.of(target));
    return switch (Prober.look(target)) {
      case Probed.Unreachable(String why, String whatToDo) -> {
        if (format.equals("json")) {
          terminal
              .out()
              .print(JsonText.of(ProbeTree.unreachable(target.toString(), why, whatToDo)));
          terminal.out().flush();
        }
        terminal.err().println("postern: " + target + ": " + why + "; " + whatToDo);
        yield NOT_REACHED;
      }
      case Probed.Reached reached -> {
        report(terminal, format, target, service, reached);
        yield reached.isKnown() ? 0 : NOTHING_KNOWN;
      }
    };
  }

  private static void report(
      Terminal terminal,
      String format,
      ProbeTarget target,
      WantedService service,
      Probed.Reached reached) {
    Assessment seen = Assessment.of(target, service, reached, InstantSource.system());
    String text =
        switch (format) {
          case "json" ->
              JsonText.of(ProbeTree.of(target.toString(), reached, seen.trusts(), seen.advice()));
          case "yaml" -> ProbeManifests.of(seen.advice());
          default ->
              ProbeText.of(
                  target.toString(), reached, seen.trusts(), seen.advice(), terminal.style());
        };
    terminal.out().print(text);
    terminal.out().flush();
  }

  private static ProbeTarget target(Arguments arguments) {
    if (arguments.operands().size() != 1) {
      throw CommandFailure.misused("which backend? One HOST:PORT is wanted");
    }
    HostPort backend = HostPort.parse("probe", EXAMPLES, arguments.operands().getFirst());
    ProbeTarget target =
        new ProbeTarget(
            backend.host(),
            backend.port(),
            arguments.value("sni"),
            DurationText.parse("--timeout", arguments.value("timeout").orElse("2s")));
    if (backend.port() == 0 || !(target.isAddress() || isName(backend.host()))) {
      throw CommandFailure.misused(
          "probe takes HOST:PORT, such as "
              + EXAMPLES
              + ", not '"
              + arguments.operands().getFirst()
              + "'");
    }
    if (target.given().isPresent() && !isName(target.given().get())) {
      throw CommandFailure.misused("--sni takes a host name, not '" + target.given().get() + "'");
    }
    if (target.patience().isZero() || target.patience().compareTo(LONGEST) > 0) {
      throw CommandFailure.misused("--timeout takes a duration from 1ms to 10m");
    }
    return target;
  }

  private static boolean isName(String text) {
    return text.length() <= LONGEST_NAME && NAME.matcher(text).matches();
  }

  private static WantedService service(String text, int port) {
    Matcher matcher = SERVICE.matcher(text);
    if (!matcher.matches()) {
      throw CommandFailure.misused(
          "--service takes NAMESPACE/NAME or NAMESPACE/NAME:PORT, not '" + text + "'");
    }
    int own = matcher.group(3) == null ? port : Integer.parseInt(matcher.group(3), 10);
    return new WantedService(matcher.group(1), matcher.group(2), own, true);
  }
}
