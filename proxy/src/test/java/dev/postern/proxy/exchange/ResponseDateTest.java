package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.RouteAction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Each response says when it was made (RFC 9110 6.6.1).
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ResponseDateTest {
  private final Gate gate = new Gate();

  ResponseDateTest() throws IOException {}

  @AfterEach
  void close() {
    gate.close();
  }

  @Test
  void anAnswerOfOurOwnHasOne() throws Exception {
    gate.act(new RouteAction.DirectResponse(500, "no\n"));
    isNow(Curl.get(gate, Curl.HTTP1, "/"));
    isNow(Curl.get(gate, Curl.HTTP2, "/"));
  }

  @Test
  void soHasABackendsThatHadNone() throws Exception {
    isNow(answered(""));
  }

  @Test
  void aBackendsOwnIsKept() throws Exception {
    String itsOwn = "Sun, 06 Nov 1994 08:49:37 GMT";
    assertThat(answered("Date: " + itsOwn + "\r\n").all("date")).containsExactly(itsOwn);
  }

  private Curl answered(String field) throws Exception {
    try (ServerSocket backend = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answer(backend, field));
      gate.to(backend.getLocalPort()).forward(ForwardOptions.NONE);
      return Curl.get(gate, Curl.HTTP1, "/");
    }
  }

  private static void answer(ServerSocket backend, String field) {
    try (Socket taken = backend.accept()) {
      assertThat(taken.getInputStream().read(new byte[8192])).isPositive();
      String head = "HTTP/1.1 200 OK\r\n" + field + "Content-Length: 0\r\n\r\n";
      taken.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      assertThat(taken.getInputStream().read()).isEqualTo(-1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void isNow(Curl answer) {
    assertThat(answer.all("date")).hasSize(1);
    Instant said =
        ZonedDateTime.parse(answer.all("date").getFirst(), DateTimeFormatter.RFC_1123_DATE_TIME)
            .toInstant();
    assertThat(Duration.between(said, Instant.now()).abs()).isLessThan(Duration.ofSeconds(60));
  }
}
