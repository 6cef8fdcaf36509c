package dev.postern.proxy.socket;

/// How many octets a worker's connections have received. For its loop's thread alone.
public final class ReceivedOctets {
  private long total;

  /// Since the loop began.
  public long total() {
    return total;
  }

  void add(int octets) {
    total += octets;
  }
}
