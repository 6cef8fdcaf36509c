package dev.postern.e2e.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/** Answers each datagram with its name. */
final class DatagramEcho implements AutoCloseable {
  private final DatagramSocket socket;
  private final byte[] name;

  DatagramEcho(String name) {
    this.name = name.getBytes(StandardCharsets.US_ASCII);
    try {
      socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::serve);
  }

  private void serve() {
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    while (!socket.isClosed()) {
      try {
        packet.setLength(2048);
        socket.receive(packet);
        socket.send(new DatagramPacket(name, name.length, packet.getSocketAddress()));
      } catch (IOException closed) {
        // Ends with the socket; a client that went away is no reason to end.
      }
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    socket.close();
  }
}
