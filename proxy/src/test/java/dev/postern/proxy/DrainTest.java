package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ir.FilterChain;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.VirtualHost;
import dev.postern.proxy.downstream.FrameClient;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatStore;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What clients see of a process that is told to end.
class DrainTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int TWO_SWEEPS_MILLIS = 700;
  private static final String ANSWER = "~";

  private final ExecutorService control = Executors.newSingleThreadExecutor();
  private final int port = FreePort.next();
  private EmbeddedProxy proxy = proxy(HOUR);

  private EmbeddedProxy proxy(Duration drainQuiet) {
    Timeouts timeouts = new Timeouts(HOUR, HOUR, HOUR, HOUR, HOUR, drainQuiet);
    EmbeddedProxy made =
        new EmbeddedProxy(
            new ProxyOptions(2, Optional.empty(), timeouts, Limits.DEFAULT), new StatStore(2));
    Route route =
        new Route(
            "all",
            RouteMatch.ANY,
            HeaderMutation.NONE,
            HeaderMutation.NONE,
            new RouteAction.DirectResponse(200, ANSWER));
    RouteConfiguration routes =
        new RouteConfiguration("all", List.of(new VirtualHost("*", List.of(route))));
    FilterChain chain = new FilterChain("all", List.of(), Optional.empty(), routes);
    Listener listener = new Listener("http", "127.0.0.1", port, "http", List.of(chain));
    assertThat(made.apply(Ir.of(Map.of("http", listener), Map.of(), Map.of())).listenerErrors())
        .isEmpty();
    return made;
  }

  @AfterEach
  void close() {
    proxy.close();
    control.close();
  }

  /// Drains, and waits until nobody gets a connection any more.
  private Future<Boolean> draining() throws IOException {
    Future<Boolean> drained = control.submit(() -> proxy.drain(PATIENCE));
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      try (Socket taken = connect()) {
        ask(taken, "Connection: close\r\n");
        taken.getInputStream().readAllBytes();
      } catch (ConnectException refused) {
        return drained;
      } catch (SocketException resetAsItClosed) {
        assertThat(resetAsItClosed).hasMessageContaining("reset");
      }
    }
    throw new AssertionError("still takes connections");
  }

  /// For longer than it takes until a connection that has no time left is closed.
  private static void assertStaysOpen(Socket client) throws IOException {
    client.setSoTimeout(TWO_SWEEPS_MILLIS);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    client.setSoTimeout((int) PATIENCE.toMillis());
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  private static void ask(Socket socket) throws IOException {
    ask(socket, "");
  }

  private static void ask(Socket socket, String fields) throws IOException {
    String request = "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n".formatted(fields);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  private static void awaitAnswer(Socket socket) throws IOException {
    int last = 0;
    while (last != ANSWER.charAt(0)) {
      last = socket.getInputStream().read();
      assertThat(last).isNotEqualTo(-1);
    }
  }

  private static boolean ended(Future<Boolean> drained) throws Exception {
    return drained.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aConnectionThatIsJustOpenHasItsRequestAnswered() throws Exception {
    try (Socket client = connect()) {
      Future<Boolean> drained = draining();
      assertStaysOpen(client);
      ask(client);
      String response =
          new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(response)
          .startsWith("HTTP/1.1 200")
          .containsIgnoringCase("connection: close")
          .endsWith(ANSWER);
      assertThat(ended(drained)).isTrue();
    }
  }

  @Test
  void aConnectionInUseHasItsNextRequestAnsweredAndIsClosedWithIt() throws Exception {
    try (Socket client = connect()) {
      ask(client);
      awaitAnswer(client);
      Future<Boolean> drained = draining();
      assertStaysOpen(client);
      ask(client);
      String response =
          new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(response).startsWith("HTTP/1.1 200").endsWith(ANSWER);
      assertThat(ended(drained)).isTrue();
    }
  }

  @Test
  void anHttp2ConnectionThatIsJustOpenHasItsRequestAnswered() throws Exception {
    try (Socket socket = connect();
        FrameClient client = new FrameClient(socket)) {
      FrameClient.Frame settled;
      do {
        settled = client.await(FrameClient.SETTINGS);
      } while (settled.flags() != FrameClient.ACK);
      Future<Boolean> drained = draining();
      assertStaysOpen(socket);
      client.get(1);
      assertThat(client.head().status()).asString().isEqualTo("200");
      assertThat(client.awaitEnd(1).endsStream()).isTrue();
      client.await(FrameClient.GOAWAY);
      assertThat(ended(drained)).isTrue();
    }
  }

  @Test
  void aQuietConnectionIsClosed() throws Exception {
    proxy.close();
    proxy = proxy(Duration.ofMillis(1));
    try (Socket client = connect()) {
      ask(client);
      awaitAnswer(client);
      assertThat(proxy.drain(PATIENCE)).isTrue();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThatThrownBy(() -> connect().close()).isInstanceOf(ConnectException.class);
  }
}
