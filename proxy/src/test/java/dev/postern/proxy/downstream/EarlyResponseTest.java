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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Responses that are complete before their requests are (RFC 9113 8.1).
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EarlyResponseTest {
  private static final int NO_ERROR = 0;
  private static final int STREAM_CLOSED = 5;
  private static final int CANCEL = 8;

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

  /// grpc-java does where the response is faster than the end of its request: what is under way
  /// leaves behind the RST_STREAM.
  @ParameterizedTest
  @ValueSource(ints = {FrameClient.DATA, FrameClient.HEADERS})
  void whatAClientSendsBehindItsResetCostsTheStreamAlone(int type) throws Exception {
    try (TestProxy proxy = new TestProxy(1);
        FrameClient client = new FrameClient(proxy.port())) {
      byte[] last = type == FrameClient.DATA ? new byte[0] : FrameClient.block("x-sum", "42");
      int flags = FrameClient.END_HEADERS | FrameClient.END_STREAM;
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(
          FrameClient.octets(
              FrameClient.HEADERS, FrameClient.END_HEADERS, 1, FrameClient.block(REFUSED)));
      all.writeBytes(FrameClient.octets(FrameClient.RST_STREAM, 0, 1, FrameClient.int32(CANCEL)));
      for (int i = 0; i < 2; i++) {
        all.writeBytes(FrameClient.octets(type, flags, 1, last));
      }
      client.raw(all.toByteArray());
      client.frame(FrameClient.PING, 0, 0, new byte[8]);
      List<Integer> resets = new ArrayList<>();
      Frame frame;
      do {
        frame = client.read();
        assertThat(frame.type()).isNotIn(FrameClient.GOAWAY, Frame.CLOSED.type());
        if (frame.type() == FrameClient.RST_STREAM) {
          assertThat(frame.stream()).isEqualTo(1);
          resets.add(frame.resetCode());
        }
      } while (frame.type() != FrameClient.PING);
      assertThat(resets).as("once, and RFC 9113 5.1's").containsExactly(STREAM_CLOSED);
      client.headers(3, true, REFUSED);
      assertThat(client.awaitEnd(3).endsStream()).isTrue();
      assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR))
          .as("the two paths alone")
          .isEqualTo(2);
    }
  }

  /// Who ended the stream by itself breaks the protocol of the connection (RFC 9113 5.1).
  @Test
  void whatAClientSendsBehindItsEndCostsTheConnection() throws Exception {
    try (TestProxy proxy = new TestProxy(1);
        FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, true, REFUSED);
      assertThat(client.awaitEnd(1).endsStream()).isTrue();
      client.frame(FrameClient.DATA, FrameClient.END_STREAM, 1);
      Frame away = client.awaitGoAway();
      assertThat(away.goAwayCode()).isEqualTo(STREAM_CLOSED);
      assertThat(away.text()).isEqualTo("stream 1: DATA on a closed stream");
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
