package dev.postern.proxy.downstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.stat.HttpStat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Answers in HTTP/1.1 that are complete before their requests are, here because the backend is
/// down: whether the client may send its next request on the same connection (RFC 9112 9.3, 9.6).
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AnswerBeforeBodyTest {
  private static final String POST = "POST / HTTP/1.1\r\nHost: test.example\r\n";
  private static final String GET = "GET / HTTP/1.1\r\nHost: test.example\r\n\r\n";

  private TestProxy proxy;
  private Socket socket;

  @BeforeEach
  void connect() throws IOException {
    proxy = new TestProxy(1);
    socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(20_000);
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
    proxy.close();
  }

  @Test
  void whoHasSentItAllIsAnsweredAgain() throws Exception {
    for (int i = 0; i < 3; i++) {
      say(POST + "Content-Length: 20\r\n\r\n12345678901234567890");
      assertThat(answer()).startsWith("HTTP/1.1 503 ").doesNotContain("connection: close");
    }
    assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_HTTP1_TOTAL)).isOne();
  }

  @Test
  void whatStillComesOfABodyIsNoRequest() throws Exception {
    say(POST + "Content-Length: 60\r\n\r\n12");
    assertThat(answer()).startsWith("HTTP/1.1 503 ").doesNotContain("connection: close");
    String rest = "GET /not-asked HTTP/1.1\r\nHost: test.example\r\n\r\n";
    say(rest + "x".repeat(58 - rest.length()));
    say(GET);
    assertThat(answer()).startsWith("HTTP/1.1 503 ");
    assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_HTTP1_TOTAL)).isEqualTo(2);
    assertThat(proxy.log).hasSize(2).noneMatch(line -> line.contains("not-asked"));
  }

  /// How much is to come is large or unknown, or it may never come: then the client has to know.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 10000000\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"
      })
  void whoMayNotUseTheConnectionAgainIsTold(String rest) throws Exception {
    say(POST + rest);
    assertThat(answer()).startsWith("HTTP/1.1 503 ").contains("connection: close");
  }

  /// A response of unknown length may be made of the request as it comes.
  @Test
  void aResponseThatBeginsEarlyKeepsTheConnection() throws Exception {
    try (ServerSocket backend = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        TestProxy duplex = new TestProxy(backend.getLocalPort());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), duplex.port())) {
      client.setSoTimeout(20_000);
      client
          .getOutputStream()
          .write(ascii(POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));
      try (Socket taken = backend.accept()) {
        until(taken, "abc\r\n");
        taken
            .getOutputStream()
            .write(ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
        taken.getOutputStream().write(ascii("1\r\nx\r\n"));
        assertThat(until(client, "x\r\n")).doesNotContain("connection: close");
        client.getOutputStream().write(ascii("0\r\n\r\n"));
        until(taken, "0\r\n\r\n");
        taken.getOutputStream().write(ascii("0\r\n\r\n"));
        until(client, "0\r\n\r\n");
        client.getOutputStream().write(ascii(GET));
        assertThat(until(taken, "\r\n\r\n")).startsWith("GET / ");
      }
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String until(Socket from, String end) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int octet;
    while (!all.toString(StandardCharsets.US_ASCII).endsWith(end)
        && (octet = from.getInputStream().read()) >= 0) {
      all.write(octet);
    }
    return all.toString(StandardCharsets.US_ASCII);
  }

  @Test
  void whoDoesNotSendTheRestIsNotWaitedFor() throws Exception {
    say(POST + "Content-Length: 20\r\n\r\n123");
    assertThat(answer()).startsWith("HTTP/1.1 503 ").doesNotContain("connection: close");
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  private void say(String text) throws IOException {
    socket.getOutputStream().write(ascii(text));
  }

  /// The next head, in lower case but for its first line; its body is read, too.
  private String answer() throws IOException {
    String all = until(socket, "\r\n\r\n");
    for (String line : all.split("\r\n")) {
      if (line.toLowerCase().startsWith("content-length:")) {
        socket.getInputStream().readNBytes(Integer.parseInt(line.substring(15).strip()));
      }
    }
    return all;
  }
}
