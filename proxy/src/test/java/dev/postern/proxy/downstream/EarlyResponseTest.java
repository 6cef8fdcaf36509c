package dev.postern.proxy.downstream;

import static dev.postern.proxy.downstream.FrameClient.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.downstream.FrameClient.Frame;
import dev.postern.proxy.stat.HttpStat;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Responses that are complete before their requests are (RFC 9113 8.1).
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EarlyResponseTest {
  private static final int NO_ERROR = 0;

  /// Is answered with 400 at once: nothing is at that path.
  private static final String[] REFUSED = request("POST", "/../");

  @Test
  void aResponseBeforeTheEndOfTheRequestEndsTheStreamWithoutAnError() throws Exception {
    try (ServerSocket backend = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        TestProxy proxy = new TestProxy(backend.getLocalPort());
        FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, false, request("POST", "/", "content-length", "1000000"));
      client.frame(FrameClient.DATA, 0, 1, new byte[10]);
      try (Socket taken = backend.accept()) {
        taken.getInputStream().read(new byte[8192]);
        taken
            .getOutputStream()
            .write(
                "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(client.awaitEnd(1).endsStream()).isTrue();
        Frame reset = client.await(FrameClient.RST_STREAM);
        assertThat(reset.stream()).isEqualTo(1);
        assertThat(reset.resetCode()).isEqualTo(NO_ERROR);
      }
      // What was under way is not held against the client.
      for (int i = 0; i < 10; i++) {
        client.frame(FrameClient.DATA, 0, 1, new byte[1000]);
      }
      client.frame(FrameClient.PING, 0, 0, new byte[8]);
      assertThat(client.await(FrameClient.PING).flags()).isEqualTo(FrameClient.ACK);
      assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR)).isZero();
    }
  }

  /// curl 7.88 takes a response for none when RST_STREAM comes together with it.
  @Test
  void aClientThatEndsItsRequestAfterAllIsNotReset() throws Exception {
    try (TestProxy proxy = new TestProxy(1);
        FrameClient client = new FrameClient(proxy.port())) {
      ByteArrayOutputStream both = new ByteArrayOutputStream();
      both.writeBytes(
          FrameClient.octets(
              FrameClient.HEADERS, FrameClient.END_HEADERS, 1, FrameClient.block(REFUSED)));
      both.writeBytes(FrameClient.octets(FrameClient.DATA, 0, 1, new byte[100]));
      both.writeBytes(FrameClient.octets(FrameClient.DATA, FrameClient.END_STREAM, 1));
      client.raw(both.toByteArray());
      List<Integer> types = new ArrayList<>();
      client.frame(FrameClient.PING, 0, 0, new byte[8]);
      Frame frame;
      do {
        frame = client.read();
        types.add(frame.type());
      } while (frame.type() != FrameClient.PING);
      assertThat(types)
          .contains(FrameClient.HEADERS)
          .doesNotContain(FrameClient.RST_STREAM, FrameClient.GOAWAY);
      client.headers(3, true, REFUSED);
      assertThat(client.awaitEnd(3).endsStream()).isTrue();
      assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_TX_RESET)).isZero();
    }
  }

  @Test
  void aClientThatSendsOnAndOnIsReset() throws Exception {
    try (TestProxy proxy = new TestProxy(1);
        FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, false, REFUSED);
      for (int i = 0; i < 17; i++) {
        client.frame(FrameClient.DATA, 0, 1, new byte[16_000]);
      }
      client.frame(FrameClient.PING, 0, 0, new byte[8]);
      assertThat(client.awaitEnd(1).endsStream()).isTrue();
      Frame reset;
      do {
        reset = client.read();
        assertThat(reset.type()).isNotIn(FrameClient.PING, Frame.CLOSED.type());
      } while (reset.type() != FrameClient.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(1);
      assertThat(reset.resetCode()).isEqualTo(NO_ERROR);
    }
  }

  /// Streams that wait for nothing but the end of their requests are not many.
  @Test
  void requestsThatAreAnsweredAlreadyKeepNoOtherOut() throws Exception {
    try (TestProxy proxy = new TestProxy(1);
        FrameClient client = new FrameClient(proxy.port())) {
      ByteArrayOutputStream many = new ByteArrayOutputStream();
      int last = 2 * 3 * Http2ServerConnection.MAX_STREAMS + 1;
      for (int stream = 1; stream <= last; stream += 2) {
        many.writeBytes(
            FrameClient.octets(
                FrameClient.HEADERS, FrameClient.END_HEADERS, stream, FrameClient.block(REFUSED)));
      }
      client.raw(many.toByteArray());
      int answered = -1;
      while (answered < last) {
        Frame frame = client.read();
        assertThat(frame.type()).isNotIn(FrameClient.GOAWAY, Frame.CLOSED.type());
        if (frame.type() == FrameClient.HEADERS) {
          assertThat(frame.stream()).isEqualTo(answered + 2);
          answered = frame.stream();
        } else if (frame.type() == FrameClient.RST_STREAM) {
          assertThat(frame.stream()).isLessThanOrEqualTo(answered);
          assertThat(frame.resetCode()).isEqualTo(NO_ERROR);
        }
      }
    }
  }
}
