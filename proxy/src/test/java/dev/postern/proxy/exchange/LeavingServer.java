package dev.postern.proxy.exchange;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A server that answers one request, keeps the connection, and closes it at the next; whoever
/// connects after that is not refused and waits for nothing.
final class LeavingServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private Socket connection = new Socket();

  LeavingServer() throws IOException {}

  int port() {
    return listener.getLocalPort();
  }

  void answer() throws IOException {
    connection = listener.accept();
    readHead();
    connection
        .getOutputStream()
        .write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  /// @param before what happens between the next request and the end
  void hangUp(Runnable before) throws IOException {
    readHead();
    before.run();
    connection.close();
  }

  private void readHead() throws IOException {
    StringBuilder head = new StringBuilder();
    int octet;
    while (head.indexOf("\r\n\r\n") < 0 && (octet = connection.getInputStream().read()) >= 0) {
      head.append((char) octet);
    }
  }

  @Override
  public void close() throws IOException {
    connection.close();
    listener.close();
  }
}
