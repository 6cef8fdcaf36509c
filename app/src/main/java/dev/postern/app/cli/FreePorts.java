package dev.postern.app.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Ports that nobody listens on.
final class FreePorts {
  private static final int TRIES = 20;

  private FreePorts() {}

  /// That port of all addresses, one of those after it, or any.
  static int from(int port) throws IOException {
    for (int candidate = port; candidate < Math.min(port + TRIES, 65536); candidate++) {
      if (isFree(new InetSocketAddress(candidate))) {
        return candidate;
      }
    }
    return any();
  }

  /// That address, or the same host with another port.
  static HostPort from(HostPort wanted) throws IOException {
    if (wanted.port() == 0) {
      return wanted;
    }
    for (int port = wanted.port(); port < Math.min(wanted.port() + TRIES, 65536); port++) {
      var candidate = new HostPort(wanted.host(), port);
      if (isFree(candidate.address())) {
        return candidate;
      }
    }
    return new HostPort(wanted.host(), any());
  }

  /// Any port that is free on all addresses.
  static int any() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean isFree(InetSocketAddress address) {
    try (var socket = new ServerSocket()) {
      // As the proxy does: connections of an earlier process that linger are no obstacle.
      socket.setReuseAddress(true);
      socket.bind(address);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
