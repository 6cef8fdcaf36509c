package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One line for each request, in Envoy's default format and what the backend hop adds. */
class AccessLogIT {
  private static final Certificates authority = Certificates.authority("Log");

  @TempDir static Path temp;

  private static HttpBackend plain;
  private static HttpBackend tls;
  private static HttpBackend stranger;
  private static PosternProcess postern;
  private static Path log;
  private static int port;

  @BeforeAll
  static void start() {
    port = Ports.free();
    log = temp.resolve("access.log");
    plain = HttpBackend.echo("plain");
    tls = HttpBackend.echo("tls", authority.leafFor("tls.example"));
    stranger = HttpBackend.echo("stranger", Certificates.selfSigned("tls.example"));
    ManifestFolder folder =
        new ManifestFolder(temp.resolve("manifests"))
            .put(
                "all.yaml",
                Manifests.gatewayClass(),
                Manifests.gateway(Manifests.httpListener("http", port)),
                caConfigMap("ca", authority.certificatePem()),
                backend("plain", plain.port()),
                routeTo("plain", "plain.test", "plain", 80),
                backend("tls", tls.port()),
                backendTls("tls", "tls", trust("tls.example", "ca")),
                routeTo("tls", "tls.test", "tls", 80),
                backend("stranger", stranger.port()),
                backendTls("stranger", "stranger", trust("tls.example", "ca")),
                routeTo("stranger", "stranger.test", "stranger", 80));
    postern = PosternProcess.serving(folder, "--access-log", log.toString());
  }

  @AfterAll
  static void stop() {
    postern.close();
    plain.close();
    tls.close();
    stranger.close();
  }

  private static String lineWith(String fragment) {
    Awaitility.await("a line with " + fragment)
        .atMost(Duration.ofSeconds(20))
        .until(() -> lines(fragment).size() == 1);
    return lines(fragment).getFirst();
  }

  private static List<String> lines(String fragment) {
    try {
      return Files.exists(log)
          ? Files.readAllLines(log).stream().filter(line -> line.contains(fragment)).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void plainRequestHasEnvoysFields() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(
          RawHttp.requestHead(
                  "POST", "plain.test", "/first?q", "User-Agent: tester/1", "Content-Length: 5")
              + "hello");
      assertThat(client.response("POST").status()).isEqualTo(200);
    }
    assertThat(lineWith("/first?q"))
        .matches(
            "\\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\\] "
                + "\"POST /first\\?q HTTP/1\\.1\" 200 - 5 \\d+ \\d+ \\d+ \"[^\"]*\" \"tester/1\" "
                + "\"[0-9a-f-]{36}\" \"plain\\.test\" \"127\\.0\\.0\\.1:"
                + plain.port()
                + "\".*HTTP/1\\.1.*");
  }

  @Test
  void requestOverTlsTellsTheVersion() {
    RawHttp.get(port, "tls.test", "/over-tls");
    assertThat(lineWith("/over-tls")).contains(" 200 - 0 ").contains("TLSv1.3");
  }

  @Test
  void failedVerificationIsExplainedInTheLogThoughNotToTheClient() {
    assertThat(RawHttp.get(port, "stranger.test", "/untrusted").text())
        .doesNotContainIgnoringCase("certificate");
    assertThat(lineWith("/untrusted")).contains(" 503 UF ").contains("certificate");
  }

  @Test
  void requestWithoutRouteIsLoggedAsSuch() {
    RawHttp.get(port, "nobody.test", "/lost");
    assertThat(lineWith("/lost")).contains(" 404 NR ");
  }

  @Test
  void quotesAndControlBytesCannotForgeALine() {
    RawHttp.get(port, "plain.test", "/forge%0a", "User-Agent: x\" 200 - \"y\t\u009b");
    String line = lineWith("/forge%0a");
    assertThat(line.chars().filter(Character::isISOControl).count()).as(line).isZero();
    assertThat(line).doesNotContain("x\" 200");
  }
}
