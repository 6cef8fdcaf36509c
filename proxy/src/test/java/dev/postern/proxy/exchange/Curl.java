package dev.postern.proxy.exchange;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What curl gets of a proxy, in either version of HTTP.
///
/// @param exit curl's own status: 0 where the response was complete
record Curl(int exit, int status, List<String> fields, String body) {
  static final String HTTP1 = "--http1.1";
  static final String HTTP2 = "--http2-prior-knowledge";

  /// @param more curl's options
  static Curl get(Gate gate, String version, String target, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("curl", "-s", "-i", "--path-as-is", "--max-time", "20", version));
    command.addAll(Arrays.asList(more));
    command.add("http://127.0.0.1:" + gate.port + target);
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    int exit = process.onExit().join().exitValue();
    while (printed.startsWith("HTTP/1.1 1")) {
      printed = printed.substring(printed.indexOf("\r\n\r\n") + 4);
    }
    if (printed.isEmpty()) {
      return new Curl(exit, 0, List.of(), "");
    }
    int end = printed.indexOf("\r\n\r\n");
    List<String> head = List.of(printed.substring(0, end).split("\r\n"));
    return new Curl(
        exit,
        Integer.parseInt(head.getFirst().split(" ")[1]),
        head.subList(1, head.size()),
        printed.substring(end + 4));
  }

  /// The same in HTTP/1.1, while the caller goes on.
  static CompletableFuture<Curl> later(Gate gate, String target) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return get(gate, HTTP1, target);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  List<String> all(String name) {
    String start = name + ":";
    return fields.stream()
        .filter(f -> f.toLowerCase(Locale.ROOT).startsWith(start))
        .map(f -> f.substring(start.length()).strip())
        .toList();
  }

  Optional<String> field(String name) {
    return all(name).stream().findFirst();
  }
}
