package dev.postern.proxy.message;

/// Where requests come from: what is the same for all of one client connection, as the octets that
/// a backend is told. The arrays are not to be changed.
public final class RequestOrigin {
  private final boolean tls;
  private final byte[] remoteAddress;
  private final byte[] remotePort;
  private final byte[] localAddress;
  private final byte[] localPort;

  /// @param remoteAddress the client's IP address
  /// @param localAddress the IP address that the client connected to
  public RequestOrigin(
      boolean tls, String remoteAddress, int remotePort, String localAddress, int localPort) {
    this.tls = tls;
    this.remoteAddress = Octets.ascii(remoteAddress);
    this.remotePort = Octets.ascii(Integer.toString(remotePort));
    this.localAddress = Octets.ascii(localAddress);
    this.localPort = Octets.ascii(Integer.toString(localPort));
  }

  /// Whether the client used TLS.
  public boolean tls() {
    return tls;
  }

  public byte[] remoteAddress() {
    return remoteAddress;
  }

  public byte[] remotePort() {
    return remotePort;
  }

  public byte[] localAddress() {
    return localAddress;
  }

  public byte[] localPort() {
    return localPort;
  }
}
