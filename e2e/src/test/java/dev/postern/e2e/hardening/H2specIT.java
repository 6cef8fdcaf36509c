package dev.postern.e2e.hardening;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.httpsListener;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.tlsSecret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.GoProgram;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** All that h2spec knows to ask of an HTTP/2 server. */
class H2specIT {
  private static final int TESTS = 146;

  private static final long PATIENCE_SECONDS = 300;

  @TempDir static Path temp;

  private static HttpBackend backend;
  private static PosternProcess postern;
  private static int plainPort;
  private static int tlsPort;

  @BeforeAll
  static void start() {
    plainPort = Ports.free();
    tlsPort = Ports.free();
    Certificates certificate = Certificates.selfSigned("h2spec.test");
    backend = HttpBackend.echo("one");
    ManifestFolder folder =
        new ManifestFolder(temp.resolve("manifests"))
            .put(
                "all.yaml",
                Manifests.gatewayClass(),
                Manifests.gateway(
                    httpListener("http", plainPort), httpsListener("https", tlsPort, "", "own")),
                tlsSecret("infra", "own", certificate.chainPem(), certificate.keyPem()),
                backend("one", backend.port()),
                routeTo("all", "", "one", 80));
    postern = PosternProcess.serving(folder);
  }

  @AfterAll
  static void stop() {
    postern.assertNoStackTrace();
    postern.close();
    backend.close();
  }

  @Test
  void everyTestPassesInPlaintextWithPriorKnowledge() throws Exception {
    assertThat(notPassed(plainPort)).isEqualTo(Map.of());
  }

  @Test
  void everyTestPassesOverTls() throws Exception {
    assertThat(notPassed(tlsPort, "-tls")).isEqualTo(Map.of());
  }

  /** Section and title of each test that did not pass, and what came of it. */
  private static Map<String, String> notPassed(int port, String... options) throws Exception {
    Path report = temp.resolve(port + ".xml");
    List<String> command = new ArrayList<>(List.of(GoProgram.built("h2spec").toString()));
    command.addAll(List.of(options));
    command.addAll(List.of("" + port, report.toString()));
    Path said = temp.resolve(port + ".txt");
    Process h2spec =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      assertThat(h2spec.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("%s", said).isTrue();
    } finally {
      h2spec.destroyForcibly();
    }
    assertThat(report).as("%s", Files.readString(said)).exists();
    Map<String, String> notPassed = new TreeMap<>();
    List<Element> tests = Xml.elements(report, "testcase");
    for (Element test : tests) {
      for (String outcome : List.of("failure", "skipped", "error")) {
        if (test.getElementsByTagName(outcome).getLength() > 0) {
          notPassed.put(
              test.getAttribute("package") + ": " + test.getAttribute("classname"), outcome);
        }
      }
    }
    assertThat(tests).hasSize(TESTS);
    return notPassed;
  }
}
