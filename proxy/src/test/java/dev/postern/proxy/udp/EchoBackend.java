package dev.postern.proxy.udp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/// Answers each datagram with itself behind a prefix.
final class EchoBackend implements AutoCloseable {
  private final DatagramSocket socket;
  private final byte[] prefix;

  /// @param port 0 for any
  EchoBackend(int port, String prefix) throws IOException {
    this.socket = new DatagramSocket(port, InetAddress.getLoopbackAddress());
    this.prefix = prefix.getBytes(StandardCharsets.US_ASCII);
    Thread.ofVirtual().start(this::answer);
  }

  int port() {
    return socket.getLocalPort();
  }

  private void answer() {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    while (!socket.isClosed()) {
      try {
        packet.setLength(65_535);
        socket.receive(packet);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(prefix);
        answer.write(packet.getData(), 0, packet.getLength());
        byte[] octets = answer.toByteArray();
        socket.send(new DatagramPacket(octets, octets.length, packet.getSocketAddress()));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
