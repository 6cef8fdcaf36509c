package dev.postern.e2e.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/** A datagram from a fresh port, and what comes back to it. */
final class DatagramCall implements RawCall {
  private static final int PATIENCE_MILLIS = 500;

  private final Case test;
  private final String port;

  DatagramCall(Case test, String port) {
    this.test = test;
    this.port = port;
  }

  @Override
  public String send() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
      socket.send(
          new DatagramPacket(
              hello, hello.length, InetAddress.ofLiteral("127.0.0.1"), test.port(port)));
      DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
      socket.receive(answer);
      return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
