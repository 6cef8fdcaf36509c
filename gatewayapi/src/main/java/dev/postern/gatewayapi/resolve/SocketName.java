package dev.postern.gatewayapi.resolve;

import dev.postern.ir.Listener.Transport;

/// What the ir calls its listeners.
public final class SocketName {
  private SocketName() {}

  /// `<address>_<port>`, with `_udp` behind it for datagrams.
  public static String of(String address, int port, Transport transport) {
    return address + "_" + port + (transport == Transport.UDP ? "_udp" : "");
  }
}
