package dev.postern.proxy.http2backend;

import static dev.postern.proxy.http2backend.Http2BackendTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// gRPC-Web over HTTP/1.1, as browsers speak it, to gRPC's own server.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GrpcWebTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Grpc server;
  private Hop hop;

  @BeforeEach
  void start() throws Exception {
    server = new Grpc();
    hop = Hop.to(server.port()).grpc().apply();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    hop.close();
    server.close();
  }

  @Test
  void aCallInOctetsIsAnsweredWithTrailersInTheBody() throws Exception {
    HttpResponse<byte[]> response = call("Unary", "application/grpc-web+proto", frame(HELLO));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .hasValue("application/grpc-web+proto");
    ByteBuffer body = ByteBuffer.wrap(response.body());
    assertThat(next(body, 0)).isEqualTo(HELLO);
    assertThat(new String(next(body, 0x80), StandardCharsets.US_ASCII))
        .contains("grpc-status:0\r\n");
    assertThat(body.hasRemaining()).isFalse();
    await(() -> !hop.log.isEmpty());
    assertThat(hop.log.getFirst()).endsWith(" grpc-status=0");
  }

  @Test
  void aCallInTextIsAnsweredInText() throws Exception {
    byte[] frame = frame(HELLO);
    byte[] halves =
        (Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(frame, 4))
                + Base64.getEncoder()
                    .encodeToString(java.util.Arrays.copyOfRange(frame, 4, frame.length)))
            .getBytes(StandardCharsets.US_ASCII);
    HttpResponse<byte[]> response = call("Unary", "application/grpc-web-text", halves);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/grpc-web-text");
    ByteBuffer body = ByteBuffer.wrap(untext(response.body()));
    assertThat(next(body, 0)).isEqualTo(HELLO);
    assertThat(new String(next(body, 0x80), StandardCharsets.US_ASCII))
        .contains("grpc-status:0\r\n");
  }

  @Test
  void aStreamOfMessagesPasses() throws Exception {
    HttpResponse<byte[]> response =
        call(
            "ServerStreaming",
            "application/grpc-web-text+proto",
            text(frame(new byte[] {1, 2, 3, 0, 100})));
    ByteBuffer body = ByteBuffer.wrap(untext(response.body()));
    for (int size : new int[] {1, 2, 3, 0, 100}) {
      assertThat(next(body, 0)).hasSize(size);
    }
    assertThat(new String(next(body, 0x80), StandardCharsets.US_ASCII))
        .contains("grpc-status:0\r\n");
  }

  @Test
  void anErrorComesAsAStatus() throws Exception {
    HttpResponse<byte[]> response = call("Fail", "application/grpc-web", frame(HELLO));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("grpc-status")).hasValue("9");
    assertThat(response.headers().firstValue("grpc-message")).hasValue("not now");
  }

  @Test
  void whatIsNoBase64IsAnErrorInGrpc() throws Exception {
    HttpResponse<byte[]> response =
        call("Unary", "application/grpc-web-text", "!!!!".getBytes(StandardCharsets.US_ASCII));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("grpc-status")).hasValue("13");
    assertThat(response.headers().firstValue("content-type")).hasValue("application/grpc-web-text");
  }

  @Test
  void aLocalFailureIsAStatusToo() throws Exception {
    hop.backends();
    HttpResponse<byte[]> response = call("Unary", "application/grpc-web", frame(HELLO));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("grpc-status")).hasValue("14");
    assertThat(response.headers().firstValue("grpc-message")).hasValue("no healthy upstream");
  }

  private HttpResponse<byte[]> call(String method, String type, byte[] body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hop.port + "/test.Echo/" + method))
            .header("content-type", type)
            .header("x-grpc-web", "1")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private static byte[] frame(byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private static byte[] text(byte[] octets) {
    return Base64.getEncoder().encode(octets);
  }

  /// Base64 that may be padded in its middle.
  private static byte[] untext(byte[] text) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    for (int i = 0; i < text.length; i += 4) {
      octets.writeBytes(Base64.getDecoder().decode(java.util.Arrays.copyOfRange(text, i, i + 4)));
    }
    return octets.toByteArray();
  }

  private static byte[] next(ByteBuffer body, int flags) {
    assertThat(body.get() & 0xff).isEqualTo(flags);
    byte[] message = new byte[body.getInt()];
    body.get(message);
    return message;
  }
}
