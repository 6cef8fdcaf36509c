package dev.postern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.postern.app.report.Style;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int execute(String... args) {
    return Cli.execute(
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Optional.of(Style.PLAIN)),
        List.of(args));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void withoutACommandTheHelpGoesToStandardError() {
    assertThat(execute()).isEqualTo(2);
    assertThat(err()).contains("Usage: postern COMMAND", "demo", "run", "check");
    assertThat(out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "check", "explain", "migrate", "probe", "diff-traffic", "demo"})
  void everyCommandHelpsWithExamples(String command) {
    assertThat(execute(command, "--help")).isZero();
    assertThat(out()).contains("Usage: postern " + command, "Examples:", "  postern " + command);
    assertThat(execute("help", command)).isZero();
  }

  @Test
  void versionIsOneLine() {
    assertThat(execute("--version")).isZero();
    assertThat(out()).startsWith("postern ").hasLineCount(1);
  }

  @Test
  void aCommandThatDoesNotExistIsNamed() {
    assertThat(execute("rnu", "folder")).isEqualTo(2);
    assertThat(err()).contains("there is no command 'rnu'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "check", "explain", "migrate", "probe", "diff-traffic", "demo"})
  void whoMisusesACommandIsToldWhereItsHelpIs(String command) {
    assertThat(execute(command, "--no-such-option")).isGreaterThan(1);
    assertThat(err()).contains("Try: postern " + command + " --help");
  }

  @Test
  void helpForACommandThatDoesNotExistNamesIt() {
    assertThat(execute("help", "rnu")).isEqualTo(2);
    assertThat(err()).contains("there is no command 'rnu'");
  }

  @Test
  void aNameThatTheLocaleCannotWriteIsNoRiddle() throws Exception {
    var builder =
        new ProcessBuilder(
            "sh",
            "-c",
            "exec \"$0\" -cp \"$1\" dev.postern.app.Main check \"$(printf 'caf\\303\\251')\"",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    builder.environment().put("LC_ALL", "C");
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(said).contains("LC_ALL=C.UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "check", "explain"})
  void aPathThatDoesNotExistIsNamed(String command, @TempDir Path folder) {
    String path = folder.resolve("nowhere").toString();
    assertThat(execute(command, path)).isEqualTo(2);
    assertThat(err()).contains("there is no file or folder " + path).doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "check", "explain", "migrate"})
  void aPathThatCannotBeLookedAtIsNotSaidToBeAbsent(String command, @TempDir Path folder)
      throws IOException {
    Path circle = folder.resolve("circle");
    Files.createSymbolicLink(circle, circle);
    assertThat(execute(command, circle.toString())).isBetween(2, 3);
    assertThat(err()).contains(circle + ": Too many levels").doesNotContain("there is no file");
  }

  @Test
  void runSaysWhatToDoAboutAPathThatCannotBeFollowed() {
    assertThat(execute("run", "/dev/null", "--admin=127.0.0.1:0", "--access-log=off")).isEqualTo(2);
    assertThat(err())
        .isEqualTo(
            "postern: /dev/null is neither a file nor a folder, so changes of it cannot be"
                + " followed; write what it says to a file, and serve that\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "explain"})
  void aPipeIsRead(String command, @TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Thread writer = Thread.startVirtualThread(() -> write(pipe, "kind: Service\n"));
    assertThat(execute(command, pipe.toString())).isEqualTo(1);
    writer.join();
    assertThat(out() + err())
        .contains(command.equals("check") ? pipe + ":1" : "postern check says");
  }

  private static void write(Path pipe, String text) {
    try {
      Files.writeString(pipe, text, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "no-such-host.invalid:0, 'the admin endpoint cannot listen on no-such-host.invalid, a name"
        + " that'",
    "192.0.2.1:0, 'the admin endpoint cannot bind 192.0.2.1:0'",
  })
  void anAdminAddressThatIsNotHereIsNotTakenForAPortInUse(
      String admin, String words, @TempDir Path folder) {
    assertThat(execute("run", folder.toString(), "--admin=" + admin, "--access-log=off"))
        .isEqualTo(1);
    assertThat(err()).contains(words, "choose another place with --admin").doesNotContain("ss -l");
  }

  @Test
  void aFolderThatTheDemoCannotWriteIsSaidInWords(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(execute("demo", "--dir", file.toString(), "--admin=127.0.0.1:0")).isEqualTo(1);
    assertThat(err()).contains(file + " is there already, and is no folder", "--dir");
  }

  @Test
  void whatIsEmptyIsSaidToBeSo() {
    assertThat(execute("check", "/dev/null")).isZero();
    assertThat(out()).contains("/dev/null", "is empty");
  }

  @ParameterizedTest
  @CsvSource({
    "--workers, many, 'takes a number from 1 to 1024'",
    "--workers, -3, 'takes a number from 1 to 1024'",
    "--drain-timeout, 3, 'takes a duration such as 30s'",
    "--admin, 19000, 'takes HOST:PORT'",
    "--admin, host:99999, 'takes HOST:PORT'",
    "--access-logs, off, 'did you mean --access-log?'",
  })
  void anOptionThatMakesNoSenseIsExplained(
      String option, String value, String words, @TempDir Path folder) {
    assertThat(execute("run", folder.toString(), option + "=" + value)).isEqualTo(2);
    assertThat(err()).contains(words).doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "30", "30x", "1m30", "-1s", "1.5s", "999999s"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatThrownBy(() -> DurationText.parse("--drain-timeout", text))
        .hasMessageContaining("takes a duration");
  }

  @Test
  void optionsAreReadInAllTheirSpellings() {
    var syntax = new Arguments.Syntax(Set.of("quiet"), Set.of("output"), Map.of('o', "output"));

    for (List<String> words :
        List.of(
            List.of("--output=json", "--quiet", "a", "b"),
            List.of("a", "--output", "json", "b", "--quiet"),
            List.of("-o", "json", "--quiet", "--", "a", "b"))) {
      Arguments arguments = Arguments.parse(syntax, words);
      assertThat(arguments.value("output")).contains("json");
      assertThat(arguments.has("quiet")).isTrue();
      assertThat(arguments.operands()).containsExactly("a", "b");
    }
    assertThat(Arguments.parse(syntax, List.of("--", "-o")).operands()).containsExactly("-o");
    assertThatThrownBy(() -> Arguments.parse(syntax, List.of("-o")))
        .hasMessage("--output needs a value");
    assertThatThrownBy(() -> Arguments.parse(syntax, List.of("--quiet=no")))
        .hasMessage("--quiet takes no value");
  }

  @Test
  void noColorAndDumbTerminalsAreHonoured() {
    assertThat(Terminal.wantsColour(Map.of("TERM", "xterm"))).isTrue();
    assertThat(Terminal.wantsColour(Map.of("TERM", "xterm", "NO_COLOR", "1"))).isFalse();
    assertThat(Terminal.wantsColour(Map.of("TERM", "xterm", "NO_COLOR", ""))).isTrue();
    assertThat(Terminal.wantsColour(Map.of("TERM", "dumb"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:19000, 127.0.0.1, 19000",
    ":0, 127.0.0.1, 0",
    "[::1]:80, ::1, 80",
    "localhost:1, localhost, 1",
  })
  void addressesAreReadAsPeopleWriteThem(String text, String host, int port) {
    assertThat(HostPort.parse("--admin", text)).isEqualTo(new HostPort(host, port));
  }

  @ParameterizedTest
  @CsvSource({"30s, PT30S", "1m30s, PT1M30S", "500ms, PT0.5S", "1h, PT1H", "0s, PT0S"})
  void durationsAreThoseOfTheGatewayApi(String text, String iso) {
    assertThat(DurationText.parse("--drain-timeout", text)).hasToString(iso);
  }
}
