package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process: its signals, its exit codes and what it says about sockets. */
class CliIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path temp;

  private ManifestFolder folder;
  private int port;

  @BeforeEach
  void folder() {
    folder = new ManifestFolder(temp.resolve("manifests"));
    port = Ports.free();
  }

  private void serve(HttpBackend backend) {
    folder.put(
        "all.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(Manifests.httpListener("http", port)),
        Manifests.backend("shop", backend.port()),
        Manifests.routeTo("shop", "shop.example", "shop", 80));
  }

  /// A backend that answers when it is told to.
  private static HttpBackend waiting(CountDownLatch arrived, CountDownLatch answer) {
    return HttpBackend.handling(
        "slow",
        exchange -> {
          arrived.countDown();
          try {
            assertThat(answer.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.respond(200, "done");
        });
  }

  private Socket request() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void aFirstSignalFinishesWhatIsInFlightAndExitsWithZero() throws Exception {
    var arrived = new CountDownLatch(1);
    var answer = new CountDownLatch(1);
    try (HttpBackend backend = waiting(arrived, answer)) {
      serve(backend);
      try (var postern = PosternProcess.serving(folder);
          Socket inFlight = request()) {
        assertThat(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        terminate(postern);
        assertThat(postern.awaitLine("stopping", PATIENCE)).isTrue();
        awaitRefusal();
        answer.countDown();

        String response =
            new String(inFlight.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(response).startsWith("HTTP/1.1 200").endsWith("done");
        assertThat(postern.awaitExit(PATIENCE)).isZero();
        assertThat(postern.output()).contains("stopped");
      }
    }
  }

  @Test
  void aSecondSignalEndsAtOnce() throws Exception {
    var arrived = new CountDownLatch(1);
    var answer = new CountDownLatch(1);
    try (HttpBackend backend = waiting(arrived, answer)) {
      serve(backend);
      try (var postern = PosternProcess.serving(folder);
          Socket inFlight = request()) {
        assertThat(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        terminate(postern);
        assertThat(postern.awaitLine("stopping", PATIENCE)).isTrue();
        // One that comes very soon is the first one, sent twice.
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> {
              postern.terminate();
              return !postern.alive();
            });

        assertThat(postern.awaitExit(PATIENCE)).isEqualTo(143);
        assertThat(inFlight.isConnected()).isTrue();
        answer.countDown();
      }
    }
  }

  @Test
  void aDrainThatTakesTooLongCutsOffAndSaysSo() throws Exception {
    var arrived = new CountDownLatch(1);
    var answer = new CountDownLatch(1);
    try (HttpBackend backend = waiting(arrived, answer)) {
      serve(backend);
      try (var postern = PosternProcess.serving(folder, "--drain-timeout", "100ms");
          Socket inFlight = request()) {
        assertThat(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        terminate(postern);

        assertThat(postern.awaitExit(PATIENCE)).isZero();
        assertThat(postern.awaitLine("were cut off", PATIENCE)).isTrue();
        assertThat(inFlight.isConnected()).isTrue();
        answer.countDown();
      }
    }
  }

  @Test
  void anAdminPortThatIsTakenIsSaidAndEndsTheProgramWithOne() throws Exception {
    try (HttpBackend backend = HttpBackend.echo("shop");
        var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      serve(backend);
      String address = "127.0.0.1:" + taken.getLocalPort();
      try (var postern = PosternProcess.started(folder, "--admin", address)) {
        assertThat(postern.awaitExit(PATIENCE)).isEqualTo(1);
        assertThat(postern.awaitLine("the admin endpoint cannot bind " + address, PATIENCE))
            .isTrue();
        assertThat(postern.awaitLine("ss -ltnp", PATIENCE)).isTrue();
        postern.assertNoStackTrace();
      }
    }
  }

  @Test
  void aListenerPortThatIsTakenIsSaidAndServedAsSoonAsItIsFreeAndSomethingChanges()
      throws Exception {
    try (HttpBackend backend = HttpBackend.echo("shop")) {
      serve(backend);
      PosternProcess started;
      try (var taken = new ServerSocket(port)) {
        assertThat(taken.isBound()).isTrue();
        started = PosternProcess.serving(folder);
      }
      try (var postern = started) {
        assertThat(postern.awaitLine("Programmed is False", PATIENCE)).isTrue();
        folder.put("other.yaml", Manifests.backend("other", backend.port()));
        assertThat(postern.awaitLine("listening on", PATIENCE)).isTrue();
        assertThat(RawHttp.get(port, "shop.example", "/").status()).isEqualTo(200);
        postern.assertNoStackTrace();
      }
    }
  }

  @Test
  void anEmptyFolderIsServedAndWhatComesIntoItToo() throws Exception {
    try (HttpBackend backend = HttpBackend.echo("shop");
        var postern = PosternProcess.serving(folder)) {
      assertThat(postern.output()).anyMatch(line -> line.startsWith("ready: 0 gateways"));
      serve(backend);
      assertThat(postern.awaitLine("listening on", PATIENCE)).isTrue();
      assertThat(RawHttp.get(port, "shop.example", "/").status()).isEqualTo(200);
    }
  }

  /// Leaves the pipes open, which [Process#destroy] does not.
  private static void terminate(PosternProcess postern) {
    assertThat(ProcessHandle.of(postern.pid()).orElseThrow().destroy()).isTrue();
  }

  private void awaitRefusal() throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(socket.isConnected()).isTrue();
      } catch (ConnectException refused) {
        return;
      } catch (SocketException reset) {
        // It was on its way when the socket closed; the next one is refused.
        assertThat(reset).hasMessageContaining("reset");
      }
    }
    throw new AssertionError("still takes connections");
  }
}
