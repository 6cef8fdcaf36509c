package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/// What a WebSocket is used for, with the JDK's client and a backend that sends frames back.
public final class Conversation {
  private Conversation() {}

  /// At `/chat` on loopback, in plaintext.
  public static void overWs(int port) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      with(client, URI.create("ws://127.0.0.1:" + port + "/chat"));
    }
  }

  /// Text, a large binary message, a ping and the close, with the JDK's client.
  public static void with(HttpClient client, URI where) throws Exception {
    byte[] large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    CompletableFuture<String> text = new CompletableFuture<>();
    CompletableFuture<byte[]> binary = new CompletableFuture<>();
    CompletableFuture<String> pong = new CompletableFuture<>();
    CompletableFuture<Integer> closed = new CompletableFuture<>();
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            socket.request(1);
            text.complete(data.toString());
            return null;
          }

          @Override
          public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            socket.request(1);
            byte[] part = new byte[data.remaining()];
            data.get(part);
            parts.writeBytes(part);
            if (last) {
              binary.complete(parts.toByteArray());
            }
            return null;
          }

          @Override
          public CompletionStage<?> onPong(WebSocket socket, ByteBuffer data) {
            socket.request(1);
            pong.complete(StandardCharsets.US_ASCII.decode(data).toString());
            return null;
          }

          @Override
          public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.complete(status);
            return null;
          }
        };
    WebSocket socket =
        client.newWebSocketBuilder().buildAsync(where, listener).get(20, TimeUnit.SECONDS);
    socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
    assertThat(text.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
    socket.sendBinary(ByteBuffer.wrap(large), true).get(20, TimeUnit.SECONDS);
    assertThat(Arrays.equals(binary.get(20, TimeUnit.SECONDS), large)).isTrue();
    socket.sendPing(StandardCharsets.US_ASCII.encode("ping")).get(20, TimeUnit.SECONDS);
    assertThat(pong.get(20, TimeUnit.SECONDS)).isEqualTo("ping");
    socket.sendClose(4321, "enough").get(20, TimeUnit.SECONDS);
    assertThat(closed.get(20, TimeUnit.SECONDS)).isEqualTo(4321);
  }
}
