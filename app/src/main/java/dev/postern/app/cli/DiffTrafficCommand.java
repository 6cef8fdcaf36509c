package dev.postern.app.cli;

import dev.postern.app.difftraffic.Comparison;
import dev.postern.app.difftraffic.Gateway;
import dev.postern.app.difftraffic.GatewayClient;
import dev.postern.app.difftraffic.RequestFile;
import dev.postern.app.difftraffic.Requests;
import dev.postern.app.difftraffic.TrafficDiff;
import dev.postern.app.difftraffic.TrafficDiff.Result;
import dev.postern.app.report.JsonText;
import dev.postern.app.report.TrafficDiffText;
import dev.postern.app.report.TrafficDiffTree;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `postern diff-traffic`.
final class DiffTrafficCommand {
  static final String HELP =
      """
      Usage: postern diff-traffic [OPTIONS] OLD_URL NEW_URL --requests FILE

      Sends the same requests to an old gateway and to a new one, and says where status,
      headers or body of the answers differ. Left alone is what must differ: Date, Server,
      Via, X-Request-Id, how a message is framed, the values of sessions' cookies.

        OLD_URL NEW_URL           such as https://203.0.113.7 and http://127.0.0.1:8080; the
                                  requests themselves say which host they are for
        --requests FILE           a HAR file, an access log of nginx (combined), or lines such
                                  as GET /path, /path or https://host/path with header fields
                                  in lines below; - is the standard input
        --host NAME               the Host of requests that name none (that of OLD_URL)
        --insecure                take any certificate of the gateways
        --all-methods             send also what may change something: POST, PUT, DELETE
        --twice                   ask the old gateway again where answers differ, and leave
                                  alone what differs between its own two
        --ignore-header NAME      leave this one alone too, such as ETag; may be repeated
        --ignore-body STATUS      leave bodies of this status alone, such as 404 or 5xx; may
                                  be repeated
        --limit N                 how many requests at most (10000)
        --concurrency N           how many at once (4)
        --timeout DURATION        for one answer, 10m at most (10s)
        --body-limit BYTES        how much of a body is compared (1048576)
        --show N                  how many requests of each kind of difference (3)
        -o, --output FORMAT       text for people, json for programs, with all of them (text)
        -h, --help                show this help

      Exit codes: 0 all answers are the same, 1 some differ, 2 a gateway could not be reached,
      3 the command was not understood, or the file cannot be read.

      Examples:
        postern diff-traffic https://203.0.113.7 https://127.0.0.1:8443 --insecure \\
          --requests access.log --host shop.example.com
        postern diff-traffic http://old.internal http://127.0.0.1:8080 --requests page.har
      """;

  private static final Arguments.Syntax SYNTAX =
      new Arguments.Syntax(
          Set.of("insecure", "all-methods", "twice"),
          Set.of(
              "requests",
              "host",
              "ignore-header",
              "ignore-body",
              "limit",
              "concurrency",
              "timeout",
              "body-limit",
              "show",
              "output"),
          Map.of('o', "output"));

  private static final int DIFFERENT = 1;
  private static final int NOT_REACHED = 2;
  private static final int FAILED = 3;

  private static final Duration LONGEST = Duration.ofMinutes(10);

  private DiffTrafficCommand() {}

  static int execute(Terminal terminal, List<String> words) {
    try {
      return compare(terminal, Arguments.parse(SYNTAX, words));
    } catch (CommandFailure e) {
      throw e.withExitCode(FAILED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted").withExitCode(FAILED);
    }
  }

  private static int compare(Terminal terminal, Arguments arguments) throws InterruptedException {
    if (arguments.operands().size() != 2) {
      throw CommandFailure.misused("two gateways are wanted, OLD_URL and NEW_URL");
    }
    Gateway before = gateway(arguments.operands().getFirst());
    Gateway now = gateway(arguments.operands().getLast());
    String format = arguments.value("output").orElse("text");
    if (!List.of("text", "json").contains(format)) {
      throw CommandFailure.misused("--output takes text or json, not '" + format + "'");
    }
    Comparison comparison = comparison(arguments);
    Duration patience = patience(arguments);
    int bodyLimit = arguments.number("body-limit", 1 << 20, 0, 1 << 28);
    int concurrency = arguments.number("concurrency", 4, 1, 64);
    int shown = arguments.number("show", 3, 0, 1_000_000);
    boolean insecure = arguments.has("insecure");
    Requests requests = requests(arguments, before.authority());
    if (requests.list().isEmpty()) {
      throw CommandFailure.misused(
          requests.leftOut().isEmpty()
              ? "there is no request in what was read"
              : "no request is left to send; " + String.join("; ", requests.leftOut()));
    }
    Result result;
    try (var old = new GatewayClient(before, patience, bodyLimit, insecure);
        var fresh = new GatewayClient(now, patience, bodyLimit, insecure);
        Progress progress = Progress.on(terminal)) {
      int all = requests.list().size();
      TrafficDiff.Progress shownOnce =
          (soFar, different) -> {
            synchronized (progress) {
              progress.show(different + " different so far", soFar, all);
            }
          };
      result =
          new TrafficDiff(old, fresh, comparison, arguments.has("twice"), shownOnce)
              .compare(requests.list(), concurrency);
    }
    List<String> leftOut = leftOut(requests, result);
    terminal
        .out()
        .print(
            format.equals("json")
                ? JsonText.of(TrafficDiffTree.of(result, leftOut))
                : TrafficDiffText.of(result, leftOut, shown, terminal.style()));
    terminal.out().flush();
    if (!result.notReached().isEmpty()) {
      return NOT_REACHED;
    }
    return result.different().isEmpty() ? 0 : DIFFERENT;
  }

  private static List<String> leftOut(Requests requests, Result result) {
    var left = new ArrayList<>(requests.leftOut());
    int unsent = requests.list().size() - result.compared().size();
    if (unsent > 0) {
      left.add(unsent + " not sent any more, as a gateway could not be reached");
    }
    return left;
  }

  private static Gateway gateway(String url) {
    return Gateway.of(url)
        .orElseThrow(() ->
            CommandFailure.misused(
                "a gateway is http://HOST:PORT or https://HOST:PORT without a path, not '"
                    + url
                    + "'"));
  }

  private static Comparison comparison(Arguments arguments) {
    for (String status : arguments.values("ignore-body")) {
      if (!status.matches("[1-5]([0-9][0-9]|xx)")) {
        throw CommandFailure.misused(
            "--ignore-body takes a status such as 404 or 5xx, not '" + status + "'");
      }
    }
    return new Comparison(
        Set.copyOf(arguments.values("ignore-header")), Set.copyOf(arguments.values("ignore-body")));
  }

  private static Duration patience(Arguments arguments) {
    Duration patience = DurationText.parse("--timeout", arguments.value("timeout").orElse("10s"));
    if (patience.isZero() || patience.compareTo(LONGEST) > 0) {
      throw CommandFailure.misused("--timeout takes a duration from 1ms to 10m");
    }
    return patience;
  }

  private static Requests requests(Arguments arguments, String authority) {
    String host = arguments.value("host").orElse(authority);
    if (!host.matches("[A-Za-z0-9._:\\[\\]-]{1,255}")) {
      throw CommandFailure.misused("--host takes a host name, not '" + host + "'");
    }
    var requests =
        new Requests(
            arguments.has("all-methods"), host, arguments.number("limit", 10_000, 1, 1_000_000));
    String file =
        arguments
            .value("requests")
            .orElseThrow(() -> CommandFailure.misused("which requests? --requests FILE"));
    try (InputStream in =
        new BufferedInputStream(
            file.equals("-") ? System.in : Files.newInputStream(Paths.path(file)))) {
      RequestFile.read(in, requests);
    } catch (IOException e) {
      throw CommandFailure.failed("cannot read " + file + ": " + FileTrouble.of(e));
    }
    return requests;
  }
}
