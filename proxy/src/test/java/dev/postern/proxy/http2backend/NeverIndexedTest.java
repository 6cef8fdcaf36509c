package dev.postern.proxy.http2backend;

import static dev.postern.proxy.http2backend.FrameServer.END_HEADERS;
import static dev.postern.proxy.http2backend.FrameServer.END_STREAM;
import static dev.postern.proxy.http2backend.FrameServer.HEADERS;
import static dev.postern.proxy.http2backend.FrameServer.block;
import static dev.postern.proxy.http2backend.FrameServer.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.downstream.FrameClient;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What its sender wants kept in no table of HPACK goes on like that (RFC 7541 6.2.3), however
/// often it comes.
@Timeout(60)
class NeverIndexedTest {
  private static final String SECRET = "s3cr3t";

  @Test
  void fieldsOfRequestsResponsesAndTrailersGoOnAsTheyCame() throws Exception {
    byte[] asked = secret("x-token", SECRET);
    byte[] answered = secret("x-session", SECRET);
    byte[] ended = secret("x-sum", SECRET);
    try (FrameServer server =
            new FrameServer(c -> {
              c.hello();
              while (true) {
                int stream = c.request();
                c.frame(HEADERS, END_HEADERS, stream, all(block(":status", "200"), answered));
                c.frame(HEADERS, END_HEADERS | END_STREAM, stream, ended);
              }
            });
        Hop hop = Hop.to(server.port()).apply();
        FrameClient client = new FrameClient(hop.port)) {
      for (int stream = 1; stream <= 9; stream += 2) {
        client.frame(HEADERS, END_HEADERS | END_STREAM, stream, all(request("/"), asked));
        assertThat(client.await(HEADERS).payload()).containsSequence(answered);
        assertThat(client.await(HEADERS).payload()).containsSequence(ended);
      }
      assertThat(requests(server))
          .hasSize(5)
          .allSatisfy(request -> assertThat(request.payload()).containsSequence(asked));
    }
  }

  @Test
  void pathAndAuthorityGoOnAsTheyCame() throws Exception {
    try (FrameServer server =
            new FrameServer(c -> {
              c.hello();
              while (true) {
                c.answer(c.request(), "");
              }
            });
        Hop hop = Hop.to(server.port()).apply();
        FrameClient client = new FrameClient(hop.port)) {
      byte[] fields =
          all(
              block(":method", "GET", ":scheme", "http"),
              secret(":path", "/" + SECRET, ":authority", "test.example"));
      for (int stream = 1; stream <= 9; stream += 2) {
        client.frame(HEADERS, END_HEADERS | END_STREAM, stream, fields);
        client.awaitEnd(stream);
      }
      assertThat(requests(server))
          .hasSize(5)
          .allSatisfy(request ->
              assertThat(request.payload())
                  .containsSequence(literal(0x14, "/" + SECRET))
                  .containsSequence(literal(0x11, "test.example")));
    }
  }

  private static List<FrameServer.Frame> requests(FrameServer server) {
    return server.seen.stream().filter(frame -> frame.type() == HEADERS).toList();
  }

  private static byte[] request(String path) {
    return block(":method", "GET", ":scheme", "http", ":path", path, ":authority", "test.example");
  }

  /// @param begin says what it is, and the name in the static table
  private static byte[] literal(int begin, String value) {
    return all(
        new byte[] {(byte) begin, (byte) value.length()},
        value.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] all(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
