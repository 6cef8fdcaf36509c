package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.LyingBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody is waited for forever: all waits at the same time, in one test, as each is long. */
class PatienceIT {
  private static final int LIMIT_MILLIS = 75_000;

  @TempDir Path temp;

  private int port;

  /** What a client saw: a status, or 0 when the connection was closed without an answer. */
  private record Seen(int status, String text, Duration after) {}

  @Test
  void peersThatStopTalkingAreGivenUp() throws Exception {
    port = Ports.free();
    Certificates authority = Certificates.authority("Patience");
    try (HttpBackend good = HttpBackend.echo("good");
        LyingBackend mute = LyingBackend.plain(LyingBackend.Wire::awaitEnd);
        ExecutorService together = Executors.newVirtualThreadPerTaskExecutor()) {
      ManifestFolder folder =
          new ManifestFolder(temp)
              .put(
                  "all.yaml",
                  Manifests.gatewayClass(),
                  Manifests.gateway(Manifests.httpListener("http", port)),
                  backend("good", good.port()),
                  routeTo("good", "good.test", "good", 80),
                  backend("mute", mute.port()),
                  routeTo("mute", "mute.test", "mute", 80),
                  backend("no-handshake", mute.port()),
                  caConfigMap("ca", authority.certificatePem()),
                  backendTls("no-handshake", "no-handshake", trust("x.example", "ca")),
                  routeTo("no-handshake", "no-handshake.test", "no-handshake", 80));
      try (PosternProcess postern = PosternProcess.serving(folder)) {
        Future<Seen> halfLine = together.submit(() -> see("GET / HT"));
        Future<Seen> halfHead =
            together.submit(() -> see("GET / HTTP/1.1\r\nHost: good.test\r\nA: "));
        Future<Seen> noAnswer =
            together.submit(() -> see(RawHttp.requestHead("GET", "mute.test", "/")));
        Future<Seen> noHandshake =
            together.submit(() -> see(RawHttp.requestHead("GET", "no-handshake.test", "/")));
        Future<Seen> drip = together.submit(() -> drip());

        assertThat(noHandshake.get().status()).as("backend without handshake").isEqualTo(503);
        assertThat(noHandshake.get().after()).isLessThan(Duration.ofSeconds(20));
        assertThat(noAnswer.get().status()).as("backend without answer").isEqualTo(504);
        assertThat(noAnswer.get().text()).isEqualTo("upstream request timeout");
        assertThat(halfLine.get().status()).as("half a request line").isIn(0, 408);
        assertThat(halfHead.get().status()).as("half a head").isIn(0, 408);
        assertThat(drip.get().status()).as("a head byte by byte").isIn(0, 408);
        for (Future<Seen> one : List.of(halfLine, halfHead, noAnswer)) {
          System.out.println("patience: " + one.get());
        }
        assertThat(RawHttp.get(port, "good.test", "/").status()).isEqualTo(200);
        postern.assertNoStackTrace();
      }
    }
  }

  private Seen see(String bytes) {
    long start = System.nanoTime();
    try (RawHttp client = RawHttp.connect(port)) {
      client.patience(LIMIT_MILLIS).send(bytes);
      return seen(client, start);
    }
  }

  /** Slowloris: always a little more, never enough. */
  private Seen drip() {
    long start = System.nanoTime();
    try (RawHttp client = RawHttp.connect(port)) {
      client.patience(1_000).send("GET / HTTP/1.1\r\nHost: good.test\r\n");
      for (int i = 0; i < LIMIT_MILLIS / 1_000; i++) {
        client.offer("A" + i + ": b\r\n");
        if (client.closedWithin(1_000)) {
          return new Seen(0, "", Duration.ofNanos(System.nanoTime() - start));
        }
      }
    }
    throw new AssertionError("still open after " + LIMIT_MILLIS + " ms");
  }

  private static Seen seen(RawHttp client, long start) {
    try {
      RawResponse response = client.response("GET");
      return new Seen(
          response.status(), response.text(), Duration.ofNanos(System.nanoTime() - start));
    } catch (UncheckedIOException closed) {
      if (closed.getCause() instanceof SocketTimeoutException) {
        throw new AssertionError("still open after " + LIMIT_MILLIS + " ms", closed);
      }
      return new Seen(0, "", Duration.ofNanos(System.nanoTime() - start));
    }
  }
}
