package dev.postern.e2e.hardening;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Http2Abuse;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// An HTTP/2 request that goes on to a backend of HTTP/1.1, and what must come of it. `{host}` and
/// `{path}` are as in [Shape]. A status that it must be refused with is not looked at: the stream
/// may be reset without one.
///
/// @param head names and values by turns
/// @param data the body; empty for none
/// @param trailers names and values by turns
record Http2Shape(String name, List<String> head, String data, List<String> trailers, Must must) {

  /// A request with a body of three octets.
  static Http2Shape post(String name, Must must, String... fields) {
    return new Http2Shape(name, request("POST", fields), "abc", List.of(), must);
  }

  static Http2Shape get(String name, Must must, String... fields) {
    return new Http2Shape(name, request("GET", fields), "", List.of(), must);
  }

  static Http2Shape trailers(String name, Must must, String... trailers) {
    return new Http2Shape(name, request("POST"), "abc", List.of(trailers), must);
  }

  /// Exactly these fields, pseudo-fields included.
  static Http2Shape bare(String name, Must must, String... head) {
    return new Http2Shape(name, List.of(head), "", List.of(), must);
  }

  private static List<String> request(String method, String... fields) {
    List<String> head = new ArrayList<>(List.of(":method", method, ":scheme", "http"));
    head.addAll(List.of(":path", "{path}", ":authority", "{host}"));
    head.addAll(List.of(fields));
    return head;
  }

  /// Sends it, waits for its end, and sees that the next request on the connection, if it is still
  /// there, gets its own answer.
  void send(int port, String host, String path) throws IOException {
    try (Http2Abuse client = Http2Abuse.connect(port)) {
      boolean body = !data.isEmpty() || !trailers.isEmpty();
      headers(client, 1, block(head, host, path), !body);
      if (body) {
        client.frame(
            Http2Abuse.DATA,
            trailers.isEmpty() ? Http2Abuse.END_STREAM : 0,
            1,
            data.getBytes(StandardCharsets.US_ASCII));
      }
      if (!trailers.isEmpty()) {
        headers(client, 1, block(trailers, host, path), true);
      }
      client.flush();
      try {
        read(client, 1);
        String next = path + "-next";
        headers(client, 3, Http2Abuse.get(host, next), true);
        client.flush();
        assertThat(read(client, 3)).isEqualTo("served " + next + "\n");
      } catch (EOFException | SocketException closed) {
        assertThat(must).isNotInstanceOf(Must.Forward.class);
      }
    }
  }

  private static byte[] block(List<String> fields, String host, String path) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.size(); i += 2) {
      Http2Abuse.literal(
          block, Shape.fill(fields.get(i), host, path), Shape.fill(fields.get(i + 1), host, path));
    }
    return block.toByteArray();
  }

  private static void headers(Http2Abuse client, int stream, byte[] block, boolean end)
      throws IOException {
    int flags = Http2Abuse.END_HEADERS | (end ? Http2Abuse.END_STREAM : 0);
    client.frame(Http2Abuse.HEADERS, flags, stream, block);
  }

  /// The body of an answer, up to its end or to a reset.
  private static String read(Http2Abuse client, int stream) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      Http2Abuse.Frame frame = client.read();
      if (frame.type() == Http2Abuse.GOAWAY) {
        throw new EOFException("GOAWAY");
      }
      if (frame.stream() != stream) {
        continue;
      }
      if (frame.type() == Http2Abuse.DATA) {
        body.writeBytes(frame.payload());
      }
      boolean message = frame.type() == Http2Abuse.DATA || frame.type() == Http2Abuse.HEADERS;
      if (frame.type() == Http2Abuse.RST_STREAM
          || (message && (frame.flags() & Http2Abuse.END_STREAM) != 0)) {
        return body.toString(StandardCharsets.UTF_8);
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
