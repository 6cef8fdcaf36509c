package dev.postern.proxy.exchange;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/// A backend that refuses its first request before the body is complete, and reads the second to
/// its end; with a client that sends the second half of a body only after that refusal.
final class ImpatientBackend implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private final CountDownLatch refused = new CountDownLatch(1);

  ImpatientBackend() throws IOException {
    Thread.ofVirtual()
        .start(() -> {
          try {
            try (Socket first = listener.accept()) {
              readUntil(first.getInputStream(), "abc");
              say(first, "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n");
              refused.countDown();
              first.getInputStream().readAllBytes();
            }
            try (Socket second = listener.accept()) {
              String got = readUntil(second.getInputStream(), "abcdef");
              String body = got.substring(got.indexOf("\r\n\r\n") + 4);
              say(
                  second,
                  "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
            }
          } catch (IOException e) {
            // Closed.
          }
        });
  }

  int port() {
    return listener.getLocalPort();
  }

  /// What a client gets that sends its body in two parts.
  String postSlowly(int proxy) throws IOException, InterruptedException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy)) {
      socket.setSoTimeout(20_000);
      say(
          socket,
          "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 6\r\n\r\nabc");
      refused.await();
      say(socket, "def");
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String readUntil(InputStream in, String end) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    int octet;
    while (!read.toString(StandardCharsets.US_ASCII).endsWith(end) && (octet = in.read()) >= 0) {
      read.write(octet);
    }
    return read.toString(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
