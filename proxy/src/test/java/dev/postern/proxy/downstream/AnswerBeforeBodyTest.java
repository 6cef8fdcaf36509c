package dev.postern.proxy.downstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.stat.HttpStat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
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

  @Test
  void whoDoesNotSendTheRestIsNotWaitedFor() throws Exception {
    say(POST + "Content-Length: 20\r\n\r\n123");
    assertThat(answer()).startsWith("HTTP/1.1 503 ").doesNotContain("connection: close");
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  private void say(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// The next head, in lower case but for its first line; its body is read, too.
  private String answer() throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int octet;
    while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")
        && (octet = in.read()) >= 0) {
      head.write(octet);
    }
    String all = head.toString(StandardCharsets.US_ASCII);
    for (String line : all.split("\r\n")) {
      if (line.toLowerCase().startsWith("content-length:")) {
        in.readNBytes(Integer.parseInt(line.substring(15).strip()));
      }
    }
    return all;
  }
}
