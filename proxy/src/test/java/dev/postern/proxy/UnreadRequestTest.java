package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.Cluster;
import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.Ir;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.VersionedMap;
import dev.postern.stats.StatStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Backends that answer and close while they are still sent a request, which makes the system reset
/// the connection behind the answer. The proxy has all of that before it, and more of the request
/// to send, when it looks: its only loop is held up until then.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UnreadRequestTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String BODY = "too large";

  /// More than a client can send before somebody reads it.
  private static final int LONG = 100_000_000;

  private final StatStore stats = new StatStore(1);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answers = new CountDownLatch(1);
  private final CountDownLatch reset = new CountDownLatch(1);
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);

  private enum Spoken {
    HTTP1,
    HTTP1_OVER_TLS,
    FASTCGI
  }

  @AfterEach
  void closeAll() throws Exception {
    goesOn.countDown();
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theAnswerComesThoughMoreIsSentFirst(Spoken spoken) throws Exception {
    OneRoute route = serving(spoken, spoken == Spoken.FASTCGI ? fastCgi() : http(), false);
    try (Socket client = new Socket(LOOPBACK, route.port())) {
      WebSocketBackend.send(
          client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + LONG + "\r\n\r\nabc");
      await(asked);
      hold(route);
      WebSocketBackend.send(client, "def");
      isAnswered(client, BODY);
      awaitLog(" 413 - ");
    }
  }

  @ParameterizedTest
  @EnumSource
  void theAnswerComesThoughMuchWaitsToBeSent(Spoken spoken) throws Exception {
    OneRoute route = serving(spoken, spoken == Spoken.FASTCGI ? fastCgi() : http(), false);
    try (Socket client = new Socket(LOOPBACK, route.port())) {
      WebSocketBackend.send(
          client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + LONG + "\r\n\r\n");
      Thread.ofVirtual().start(() -> writeAll(client));
      await(asked);
      Awaitility.await("more than the backend takes")
          .until(() -> http("downstream_flow_control_paused_reading_total") > 0);
      hold(route);
      isAnswered(client, BODY);
      awaitLog(" 413 - ");
    }
  }

  /// The error of the write tells it: what is read after that is an end either way.
  @ParameterizedTest(name = "{0}, ended: {1}, much waits: {2}")
  @CsvSource({
    "HTTP1, false, false",
    "HTTP1, false, true",
    "HTTP1, true, false",
    "HTTP1, true, true",
    "HTTP1_OVER_TLS, false, false",
    "HTTP1_OVER_TLS, false, true",
    "HTTP1_OVER_TLS, true, false",
    "HTTP1_OVER_TLS, true, true",
  })
  void anAnswerWithoutALengthIsCompleteIfItWasEndedBeforeTheReset(
      Spoken spoken, boolean ended, boolean much) throws Exception {
    OneRoute route = serving(spoken, "HTTP/1.1 413 Content Too Large\r\n\r\n" + BODY, ended);
    try (Socket client = new Socket(LOOPBACK, route.port())) {
      WebSocketBackend.send(
          client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + LONG + "\r\n\r\nabc");
      await(asked);
      if (much) {
        Thread.ofVirtual().start(() -> writeAll(client));
        Awaitility.await("more than the backend takes")
            .until(() -> http("downstream_flow_control_paused_reading_total") > 0);
      }
      hold(route);
      WebSocketBackend.send(client, much ? "" : "def");
      isAnswered(client, "9\r\n" + BODY + "\r\n" + (ended ? "0\r\n\r\n" : ""));
      awaitLog(ended ? " 413 - " : " 413 UC ");
    }
  }

  /// RFC 9112 6.3 lets nothing be an answer that came unasked.
  @Test
  void whatWasThereBeforeTheRequestIsNoAnswerToIt() throws Exception {
    ServerSocket server = new ServerSocket(0, 50, LOOPBACK);
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY;
    WebSocketBackend backend =
        new WebSocketBackend(
            server,
            (_, socket) -> {
              WebSocketBackend.send(socket, answer);
              if (asked.getCount() > 0) {
                asked.countDown();
                answer(socket, http(), false, socket);
              }
            });
    open.add(backend);
    OneRoute route = OneRoute.to(backend.port());
    start(route.ir());
    try (Socket client = new Socket(LOOPBACK, route.port())) {
      WebSocketBackend.send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(WebSocketBackend.head(client.getInputStream())).startsWith("HTTP/1.1 200 ");
      client.getInputStream().readNBytes(BODY.length());
      hold(route);
      WebSocketBackend.send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      answers.countDown();
      await(reset);
      goesOn.countDown();
      assertThat(WebSocketBackend.head(client.getInputStream())).startsWith("HTTP/1.1 200 ");
    }
    assertThat(backend.connections).hasValue(2);
  }

  private void isAnswered(Socket client, String body) throws Exception {
    answers.countDown();
    await(reset);
    goesOn.countDown();
    client.setSoTimeout(20_000);
    assertThat(WebSocketBackend.head(client.getInputStream())).startsWith("HTTP/1.1 413 ");
    assertThat(client.getInputStream().readNBytes(body.length())).asString().isEqualTo(body);
  }

  private void awaitLog(String what) {
    Awaitility.await("the access log").until(() -> log.size() == 2);
    assertThat(log.getLast()).contains(what);
  }

  /// Keeps the proxy's loop from going on.
  private void hold(OneRoute route) throws Exception {
    try (Socket other = new Socket(LOOPBACK, route.port())) {
      WebSocketBackend.send(other, "HOLD\r\n\r\n");
      await(held);
    }
  }

  private void logged(String line) {
    log.add(line);
    if (line.contains(" 400 ")) {
      held.countDown();
      try {
        goesOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void writeAll(Socket to) {
    try {
      to.getOutputStream().write(new byte[LONG]);
    } catch (IOException e) {
      // Nobody wants it all.
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
  }

  private long http(String name) {
    return stats.find("http.test").orElseThrow().numbers().get(name);
  }

  private OneRoute serving(Spoken spoken, String answer, boolean ended) throws Exception {
    SecureBackend secure = new SecureBackend();
    boolean tls = spoken == Spoken.HTTP1_OVER_TLS;
    ServerSocket server =
        tls ? secure.layered("TLSv1.3", connections) : new ServerSocket(0, 50, LOOPBACK);
    server.setReceiveBufferSize(4096);
    open.add(server);
    Thread.ofVirtual()
        .start(() -> {
          try (Socket socket = server.accept()) {
            socket.getInputStream().read();
            asked.countDown();
            answer(socket, answer, ended, tls ? connections.getLast() : socket);
          } catch (IOException e) {
            // The client sees what is missing.
          }
        });
    OneRoute route = OneRoute.to(server.getLocalPort());
    if (tls) {
      route = route.with(secure.trusted());
    }
    start(spoken == Spoken.FASTCGI ? overFastCgi(route.ir()) : route.ir());
    return route;
  }

  /// Once it is told to, and then resets the connection.
  private void answer(Socket socket, String answer, boolean ended, Socket below)
      throws IOException {
    try {
      await(answers);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    below.setTcpNoDelay(true); // A reset drops what waits to be sent.
    WebSocketBackend.send(socket, answer);
    if (ended) {
      socket.shutdownOutput();
    }
    below.setSoLinger(true, 0);
    below.close();
    reset.countDown();
  }

  private void start(Ir ir) throws IOException {
    EmbeddedProxy proxy = new EmbeddedProxy(new ProxyOptions(1, Optional.of(this::logged)), stats);
    open.add(proxy);
    assertThat(proxy.apply(ir).listenerErrors()).isEmpty();
  }

  private static String http() {
    return "HTTP/1.1 413 Content Too Large\r\nContent-Length: "
        + BODY.length()
        + "\r\nConnection: close\r\n\r\n"
        + BODY;
  }

  /// FCGI_STDOUT and FCGI_END_REQUEST.
  private static String fastCgi() {
    String stdout = "Status: 413\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY;
    return "\1\6\0\1\0"
        + (char) stdout.length()
        + "\0\0"
        + stdout
        + "\1\3\0\1\0\10\0\0"
        + "\0".repeat(8);
  }

  private static Ir overFastCgi(Ir ir) {
    Cluster c = ir.clusters().get("c");
    FastCgiOptions options =
        new FastCgiOptions(
            FastCgiOptions.Parameters.STANDARD,
            "/srv/www",
            Optional.empty(),
            "index.php",
            List.of(".php"),
            List.of(),
            1 << 20);
    Cluster other =
        new Cluster(
            c.name(),
            c.discovery(),
            new UpstreamProtocol.FastCgi(options),
            c.tls(),
            c.connectTimeout(),
            c.idleTimeout(),
            c.circuitBreakers(),
            c.outlierDetection());
    return new Ir(ir.listeners(), VersionedMap.copyOf(Map.of("c", other)), ir.loadAssignments());
  }
}
