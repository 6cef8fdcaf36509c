package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end: what is in flight is finished, nothing new is taken. */
class DrainIT {
  @TempDir Path temp;

  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private HttpBackend backend;
  private PosternProcess postern;
  private int port;

  @BeforeEach
  void start() {
    port = Ports.free();
    backend =
        HttpBackend.handling(
            "one",
            exchange -> {
              exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
              mayAnswer.await();
              exchange.write("done");
            });
    postern =
        PosternProcess.serving(
            new ManifestFolder(temp)
                .put(
                    "all.yaml",
                    Manifests.gatewayClass(),
                    Manifests.gateway(Manifests.httpListener("http", port)),
                    backend("one", backend.port()),
                    routeTo("all", "x.test", "one", 80)));
  }

  @AfterEach
  void stop() {
    mayAnswer.countDown();
    postern.close();
    backend.close();
  }

  @Test
  void requestInFlightIsFinishedAndNewOnesAreRefused() throws Exception {
    try (RawHttp idle = RawHttp.connect(port);
        RawHttp client = RawHttp.connect(port)) {
      client.send(RawHttp.requestHead("GET", "x.test", "/"));
      assertThat(client.input().read()).isEqualTo('H');
      postern.terminate();
      Awaitility.await("nothing new is taken")
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() ->
              assertThatThrownBy(() -> RawHttp.connect(port).close())
                  .isInstanceOf(UncheckedIOException.class));
      assertThat(idle.closedWithin(5_000)).as("an idle connection is closed").isTrue();
      assertThat(postern.alive()).isTrue();
      mayAnswer.countDown();
      RawResponse response = client.unread('H').response("GET");
      assertThat(response.text()).isEqualTo("halfdone");
      assertThat(response.complete()).isTrue();
    }
    assertThat(postern.awaitExit(Duration.ofSeconds(30))).isZero();
    postern.assertNoStackTrace();
  }

  @Test
  void secondSignalEndsAtOnce() throws Exception {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(RawHttp.requestHead("GET", "x.test", "/"));
      assertThat(client.input().read()).isEqualTo('H');
      postern.terminate();
      Awaitility.await("the first signal has arrived")
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() ->
              assertThatThrownBy(() -> RawHttp.connect(port).close())
                  .isInstanceOf(UncheckedIOException.class));
      assertThat(postern.alive()).isTrue();
      // One that comes very soon is the first one, sent twice.
      Awaitility.await()
          .atMost(Duration.ofSeconds(3))
          .until(() -> {
            postern.terminate();
            return !postern.alive();
          });
      assertThat(client.closedWithin(1_000)).isTrue();
    }
  }
}
