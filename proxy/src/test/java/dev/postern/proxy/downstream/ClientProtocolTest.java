package dev.postern.proxy.downstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientProtocolTest {
  private HttpBackend backend;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    backend = new HttpBackend();
    proxy = new TestProxy(backend.port());
  }

  @AfterEach
  void stop() {
    proxy.close();
    backend.close();
  }

  @Test
  void curlSpeaksEitherVersionOnOnePort() throws Exception {
    String url = "http://127.0.0.1:" + proxy.port() + "/path?q=1";
    assertThat(Program.run("curl", "-sS", "-i", "--http2-prior-knowledge", url))
        .startsWith("HTTP/2 200")
        .contains("x-target: /path?q=1");
    assertThat(Program.run("curl", "-sS", "-i", "--http1.1", url))
        .startsWith("HTTP/1.1 200")
        .contains("x-target: /path?q=1");
    assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_HTTP2_TOTAL)).isEqualTo(1);
    assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_HTTP1_TOTAL)).isEqualTo(1);
  }

  @Test
  void curlPostsWithEitherVersionThoughAPostBeginsLikeThePreface() throws Exception {
    String url = "http://127.0.0.1:" + proxy.port() + "/";
    for (String version : new String[] {"--http2-prior-knowledge", "--http1.1"}) {
      assertThat(Program.run("curl", "-sS", version, "--data-binary", "hello", url))
          .isEqualTo("hello");
    }
  }

  @Test
  void aPrefaceMayComeOctetByOctet() throws Exception {
    try (FrameClient client = FrameClient.silent(proxy.port())) {
      for (byte b : FrameClient.PREFACE.getBytes(StandardCharsets.US_ASCII)) {
        client.raw(b);
      }
      client.frame(FrameClient.SETTINGS, 0, 0);
      client.get(1);
      assertThat(client.awaitEnd(1).endsStream()).isTrue();
    }
  }

  @Test
  void aBrokenPrefaceIsABadRequest() throws Exception {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      client.setSoTimeout(20_000);
      client
          .getOutputStream()
          .write("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 400");
    }
  }

  @Test
  void whoBeginsWithAnotherProtocolIsNotAnswered() throws Exception {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      client.setSoTimeout(20_000);
      client
          .getOutputStream()
          .write("INVALID CONNECTION PREFACE\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.getInputStream().readAllBytes()).isEmpty();
    }
    assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR)).isEqualTo(1);
    assertThat(proxy.log)
        .singleElement()
        .asString()
        .contains("\"INVALID - HTTP/1.1\" 0 DPE", "the start line is of another protocol");
  }

  @Test
  void whoSpokeHttpBeforeIsToldWhatIsWrongWithTheNextRequest() throws Exception {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      client.setSoTimeout(20_000);
      client
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: a\r\n\r\nINVALID CONNECTION PREFACE\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(client.getInputStream().readAllBytes())
          .asString()
          .startsWith("HTTP/1.1 200")
          .contains("HTTP/1.1 400");
    }
  }

  @Test
  void halfAPrefaceIsClosedWhenTheTimeForAHeadIsOver() throws Exception {
    Timeouts timeouts = new Timeouts(Duration.ofMillis(300), Duration.ZERO, Duration.ZERO);
    try (TestProxy hasty = new TestProxy(backend.port(), null, timeouts, Limits.DEFAULT);
        FrameClient client = FrameClient.silent(hasty.port())) {
      client.raw("PRI * HT".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.read()).isSameAs(FrameClient.Frame.CLOSED);
      assertThat(hasty.count(HttpStat.DOWNSTREAM_RQ_HEADER_TIMEOUT)).isEqualTo(1);
    }
  }

  @Test
  void aPrefaceWithoutSettingsIsClosedWhenTheTimeForAHeadIsOver() throws Exception {
    Timeouts timeouts = new Timeouts(Duration.ofMillis(300), Duration.ZERO, Duration.ZERO);
    try (TestProxy hasty = new TestProxy(backend.port(), null, timeouts, Limits.DEFAULT);
        FrameClient client = FrameClient.silent(hasty.port())) {
      client.raw(FrameClient.PREFACE.getBytes(StandardCharsets.US_ASCII));
      assertThat(client.awaitGoAway().type()).isEqualTo(FrameClient.GOAWAY);
      assertThat(client.read()).isSameAs(FrameClient.Frame.CLOSED);
    }
  }

  @Test
  void anIdleConnectionOfEitherKindIsClosedInTheEnd() throws Exception {
    Timeouts timeouts = new Timeouts(Duration.ZERO, Duration.ofMillis(300), Duration.ZERO);
    try (TestProxy hasty = new TestProxy(backend.port(), null, timeouts, Limits.DEFAULT);
        FrameClient silent = FrameClient.silent(hasty.port());
        FrameClient client = new FrameClient(hasty.port())) {
      client.get(1);
      assertThat(client.awaitEnd(1).endsStream()).isTrue();
      assertThat(client.awaitGoAway().goAwayCode()).isZero();
      assertThat(client.read()).isSameAs(FrameClient.Frame.CLOSED);
      assertThat(silent.read()).isSameAs(FrameClient.Frame.CLOSED);
      assertThat(hasty.count(HttpStat.DOWNSTREAM_CX_IDLE_TIMEOUT)).isEqualTo(2);
    }
  }
}
