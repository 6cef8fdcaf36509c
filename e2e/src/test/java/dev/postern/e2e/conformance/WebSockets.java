package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A client that says two things over a WebSocket and hears them again. */
final class WebSockets {
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final int TEXT = 0x81;
  private static final int BINARY = 0x82;

  private WebSockets() {}

  static void echoes(int port, String host, String path) throws IOException {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(
          RawHttp.requestHead(
              "GET",
              host,
              path,
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Version: 13",
              "Sec-WebSocket-Key: " + KEY,
              "Origin: ws://gateway.test/here"));
      RawResponse response = client.response("GET");
      assertThat(response.status()).as("%s", response).isEqualTo(101);
      assertThat(response.value("sec-websocket-accept")).isEqualTo(EchoServer.accept(KEY));
      echoes(client, TEXT, "A text!".getBytes(StandardCharsets.UTF_8));
      echoes(client, BINARY, new byte[] {1, 2, 3, 4, 5, 6, 7});
    }
  }

  private static void echoes(RawHttp client, int opcode, byte[] payload) throws IOException {
    byte[] mask = {9, 8, 7, 6};
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(opcode);
    frame.write(0x80 | payload.length);
    frame.writeBytes(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.write(payload[i] ^ mask[i % 4]);
    }
    client.send(frame.toByteArray());
    assertThat(client.input().read()).isEqualTo(opcode);
    assertThat(client.input().read()).isEqualTo(payload.length);
    assertThat(client.input().readNBytes(payload.length)).isEqualTo(payload);
  }
}
