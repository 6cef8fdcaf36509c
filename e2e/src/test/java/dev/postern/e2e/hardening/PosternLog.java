package dev.postern.e2e.hardening;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the access log says was passed on.
record PosternLog(Path file) {
  private static final Pattern LINE =
      Pattern.compile(
          "\\[[^]]*] \"(?<line>(?:[^\"\\\\]|\\\\.)*) HTTP/[0-9.]+\" \\d+ \\S+ (?<body>\\d+) \\d+ \\d+"
              + " (?<service>\\S+) \"(?:[^\"\\\\]|\\\\.)*\" \"(?:[^\"\\\\]|\\\\.)*\" \"[^\"]*\""
              + " \"(?<host>(?:[^\"\\\\]|\\\\.)*)\" \"(?<upstream>[^\"]*)\".*");

  /// What went to a backend; complete is what it answered.
  List<Seen> passedOn(int backendPort) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.contains(":" + backendPort + "\""))
          .map(PosternLog::parsed)
          .filter(line -> line.group("upstream").endsWith(":" + backendPort))
          .map(PosternLog::seen)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Matcher parsed(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalStateException("not a line of the access log: " + line);
    }
    return matcher;
  }

  private static Seen seen(Matcher line) {
    return new Seen(
        !line.group("service").equals("-"),
        line.group("host"),
        Integer.parseInt(line.group("body")),
        line.group("line").replaceAll("\\\\([\"\\\\])", "$1"));
  }
}
