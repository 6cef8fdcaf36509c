package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.HttpFilters;
import dev.postern.ir.HttpFilters.ExternalAuthorization;
import dev.postern.ir.HttpFilters.ExternalAuthorization.Protocol;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.WeightedBackend.Destination;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.worker.Timeouts;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever was to be asked is gone, slow or lying: nobody passes.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AuthorizationFailureTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final ExternalAuthorization HTTP = Guard.http(List.of(), List.of(), 0);

  private final Backend backend = Backend.answering(200);
  private final Gate gate = new Gate(new Timeouts(DAY, DAY, DAY, DAY, Duration.ofMillis(500)));

  AuthorizationFailureTest() throws IOException {}

  @AfterEach
  void close() {
    gate.close();
    backend.close();
  }

  private void nobodyPasses(String... more) throws IOException {
    for (String version : List.of(Curl.HTTP1, Curl.HTTP2)) {
      Curl answer = Curl.get(gate, version, "/", more);
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.body()).isEmpty();
    }
    assertThat(backend.received).isEmpty();
    assertThat(gate.logged()).contains(" 403 UAEX ");
    assertThat(gate.count(HttpStat.EXT_AUTHZ_ERROR)).isEqualTo(2);
    assertThat(gate.count("auth", ClusterStat.UPSTREAM_RQ_ACTIVE)).isZero();
  }

  @Test
  void aServiceThatIsNotThere() throws Exception {
    Guard.guard(gate, HTTP, FreePort.next(), backend.port());
    nobodyPasses("-d", "body");
  }

  @Test
  void aServiceWithoutEndpoints() throws Exception {
    Guard.guard(gate, HTTP, 1, backend.port());
    gate.cluster("auth", new UpstreamProtocol.Http1()).forward(ForwardOptions.NONE);
    nobodyPasses();
  }

  @Test
  void aServiceThatDoesNotAnswer() throws Exception {
    try (Backend auth = Backend.answering(Backend.NEVER)) {
      Guard.guard(gate, HTTP, auth.port(), backend.port());
      nobodyPasses("-d", "body");
      assertThat(gate.count("auth", ClusterStat.UPSTREAM_RQ_TIMEOUT)).isEqualTo(2);
    }
  }

  @Test
  void aServiceThatHangsUp() throws Exception {
    try (Backend auth = Backend.answering(Backend.CLOSE)) {
      Guard.guard(gate, HTTP, auth.port(), backend.port());
      nobodyPasses();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-none\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcde",
        "HTTP/1.1 101 Hm\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"
      })
  void aServiceThatDoesNotSpeakHttp(String said) throws Exception {
    try (ServerSocket auth =
        answering(socket -> {
          InputStream in = socket.getInputStream();
          if (in.read() >= 0) {
            socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            in.readAllBytes();
          }
        })) {
      Guard.guard(gate, HTTP, auth.getLocalPort(), backend.port());
      nobodyPasses();
    }
  }

  private interface Conversation {
    void with(Socket client) throws IOException;
  }

  /// One connection after the other.
  private static ServerSocket answering(Conversation conversation) throws IOException {
    ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
              conversation.with(socket);
            } catch (IOException e) {
              // The next, or the end of the test.
            }
          }
        });
    return server;
  }

  @Test
  void aServiceThatTalksTooMuch() throws Exception {
    try (Backend auth =
        new Backend((exchange, _) -> Backend.say(exchange, 200, "x".repeat(300 * 1024)))) {
      Guard.guard(gate, HTTP, auth.port(), backend.port());
      nobodyPasses();
    }
  }

  @Test
  void aServiceThatIsAskedInGrpcAndIsNone() throws Exception {
    try (Backend auth = Backend.answering(200)) {
      Guard.guard(gate, Guard.grpc(List.of(), 0), auth.port(), backend.port());
      nobodyPasses();
    }
  }

  @Test
  void aServiceThatCannotBeAskedAnswersWithItsStatus() throws Exception {
    HttpFilters.ExternalAuthorization nowhere =
        new HttpFilters.ExternalAuthorization(
            new Destination.Respond(500, "not configured\n"),
            new Protocol.Http("", List.of()),
            List.of(),
            0);
    gate.filters(new HttpFilters(Optional.empty(), Optional.of(nowhere)))
        .to(backend.port())
        .forward(ForwardOptions.NONE);
    Curl answer = Curl.get(gate, Curl.HTTP2, "/");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).isEqualTo("not configured\n");
    Curl call =
        Curl.get(gate, Curl.HTTP2, "/", "-X", "POST", "-H", "Content-Type: application/grpc");
    assertThat(call.field("grpc-message")).hasValue("not configured");
    assertThat(backend.received).isEmpty();
  }

  @Test
  void oneOfSeveralEndpointsIsEnough() throws Exception {
    try (Backend auth = Backend.answering(200)) {
      Guard.guard(gate, HTTP, auth.port(), backend.port());
      gate.cluster("auth", new UpstreamProtocol.Http1(), FreePort.next(), auth.port())
          .forward(ForwardOptions.NONE);
      for (int i = 0; i < 8; i++) {
        assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aConnectionThatWasJustClosedIsNoRefusal() throws Exception {
    try (ServerSocket auth =
        answering(socket -> {
          InputStream in = socket.getInputStream();
          StringBuilder head = new StringBuilder();
          for (int octet = in.read();
              octet >= 0 && head.indexOf("\r\n\r\n") < 0;
              octet = in.read()) {
            head.append((char) octet);
            if (head.indexOf("\r\n\r\n") >= 0) {
              // It says that the connection stays, and closes it at the next octet.
              socket
                  .getOutputStream()
                  .write(
                      "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
                          .getBytes(StandardCharsets.US_ASCII));
            }
          }
        })) {
      Guard.guard(gate, HTTP, auth.getLocalPort(), backend.port());
      for (int i = 0; i < 3; i++) {
        assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aServiceThatWasReplacedMeanwhileIsAskedWhereItIs() throws Exception {
    try (Backend successor = Backend.answering(200);
        LeavingServer leaving = new LeavingServer()) {
      Guard.guard(gate, HTTP, leaving.port(), backend.port());
      var asked = Curl.later(gate, "/");
      leaving.answer();
      assertThat(asked.get().status()).isEqualTo(200);
      asked = Curl.later(gate, "/");
      leaving.hangUp(() ->
          gate.cluster("auth", new UpstreamProtocol.Http1(), successor.port())
              .forward(ForwardOptions.NONE));
      assertThat(asked.get().status()).isEqualTo(200);
      assertThat(successor.received).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void aClientThatLeavesIsNotAskedForAnyLonger(String version) throws Exception {
    try (Backend auth = Backend.answering(Backend.NEVER);
        Gate patient = new Gate()) {
      Guard.guard(patient, HTTP, auth.port(), backend.port());
      Process client =
          new ProcessBuilder("curl", "-s", version, "http://127.0.0.1:" + patient.port).start();
      Gate.await(() -> auth.received.size() == 1);
      client.destroy();
      Gate.await(() -> patient.count("auth", ClusterStat.UPSTREAM_RQ_CANCELLED) == 1);
      assertThat(patient.logged()).contains(" 0 DC ");
      assertThat(backend.received).isEmpty();
    }
  }
}
