package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.documents;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.PhpFpmProcess;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real php-fpm behind the packaged program, by manifests alone. */
class FastCgiIT {
  private static final String HOST = "php.test";

  @TempDir static Path temp;
  @TempDir static Path phpFolder;

  private static PhpFpmProcess php;
  private static ManifestFolder folder;
  private static PosternProcess postern;
  private static int port;

  @BeforeAll
  static void start() {
    php = PhpFpmProcess.start(phpFolder);
    port = Ports.free();
    folder =
        new ManifestFolder(temp)
            .put(
                "all.yaml",
                Manifests.gatewayClass(),
                Manifests.gateway(Manifests.httpListener("http", port)),
                routeTo("php", HOST, "php", 9000))
            .put("php.yaml", reachedBy("fcgi"));
    postern = PosternProcess.serving(folder);
  }

  @AfterAll
  static void stop() {
    postern.assertNoStackTrace();
    postern.close();
    php.close();
  }

  private static String reachedBy(String appProtocol) {
    return documents(
        service("default", "php", "web:9000:" + appProtocol),
        slice("default", "php", "web", php.port()));
  }

  @Test
  void anAppProtocolIsAllThatPhpNeeds() {
    RawResponse pong = RawHttp.get(port, HOST, "/ping");
    assertThat(pong.status()).isEqualTo(200);
    assertThat(pong.text()).isEqualTo("pong");
    RawResponse nothing = RawHttp.get(port, HOST, "/no/such.php");
    assertThat(nothing.status()).isEqualTo(404);
    assertThat(nothing.text()).isEqualTo("File not found.\n");
    assertThat(postern.awaitLine("stderr: Primary script unknown", Duration.ofSeconds(10)))
        .isTrue();
    assertThat(RawHttp.get(port, HOST, "/..%2fping").status()).isEqualTo(400);
  }

  @Test
  void itIsSpokenOnlyWhereItIsAskedFor() {
    folder.overwrite("php.yaml", reachedBy("http"));
    Awaitility.await("HTTP is spoken to it, which it does not understand")
        .atMost(Duration.ofSeconds(10))
        .until(() -> RawHttp.get(port, HOST, "/ping").status() >= 502);
    folder.overwrite("php.yaml", reachedBy("postern.dev/fcgi"));
    Awaitility.await("FastCGI again")
        .atMost(Duration.ofSeconds(10))
        .until(() -> RawHttp.get(port, HOST, "/ping").status() == 200);
  }
}
