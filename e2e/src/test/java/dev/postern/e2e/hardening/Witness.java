package dev.postern.e2e.hardening;

import dev.postern.e2e.fixture.NginxProcess;
import dev.postern.e2e.fixture.NodeProcess;
import dev.postern.e2e.fixture.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A backend that others wrote and that tells which requests it read.
///
/// @param told its lines: outcome, Host, body, request line
record Witness(String name, int port, Supplier<List<Seen>> told, AutoCloseable process) {
  private static final Pattern ESCAPED = Pattern.compile("\\\\x([0-9A-F]{2})");

  /// The server in front reads the body to pass it on; that is how its log has it.
  private static final String NGINX =
      """
      log_format told "$status\t$http_host\t$request_body\t$request";
      upstream inner { server 127.0.0.1:%2$d; keepalive 8; }
      server {
        listen 127.0.0.1:%1$d;
        access_log requests.log told;
        keepalive_timeout 600;
        merge_slashes off;
        location / { proxy_pass http://inner; proxy_http_version 1.1; }
      }
      server {
        listen 127.0.0.1:%2$d;
        location / { return 200 "served $request_uri\\n"; }
      }
      """;

  String host() {
    return name + ".test";
  }

  static Witness nginx(Path folder) {
    int port = Ports.free();
    int inner = Ports.free();
    NginxProcess nginx = NginxProcess.serving(folder, NGINX.formatted(port, inner), port, inner);
    return new Witness("nginx", port, () -> nginxLog(folder.resolve("requests.log")), nginx);
  }

  static Witness node() {
    NodeProcess node = NodeProcess.serving("witness.js");
    return new Witness(
        "node", node.port(), () -> node.told().stream().map(Witness::nodeLine).toList(), node);
  }

  private static List<Seen> nginxLog(Path log) {
    try {
      return Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream()
          .map(Witness::nginxLine)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Seen nginxLine(String line) {
    String[] parts = line.split("\t", 4);
    String body = parts[2].equals("-") ? "" : ESCAPED.matcher(parts[2]).replaceAll("x");
    String request =
        ESCAPED
            .matcher(parts[3])
            .replaceAll(found -> quoted((char) Integer.parseInt(found.group(1), 16)));
    return new Seen(
        parts[0].equals("200"),
        parts[1].equals("-") ? "" : parts[1],
        body.length(),
        request.replaceFirst(" HTTP/1\\.[01]$", ""));
  }

  private static String quoted(char c) {
    return Matcher.quoteReplacement(String.valueOf(c));
  }

  private static Seen nodeLine(String line) {
    String[] parts = line.split("\t", 4);
    if (parts.length < 4) {
      throw new IllegalStateException("node said: " + line);
    }
    return new Seen(parts[0].equals("ok"), parts[1], Integer.parseInt(parts[2]), parts[3]);
  }

  @Override
  public String toString() {
    return name;
  }
}
