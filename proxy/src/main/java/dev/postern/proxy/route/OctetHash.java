package dev.postern.proxy.route;

import java.util.concurrent.ThreadLocalRandom;

/// A polynomial hash that is built octet by octet, so that one pass over a path or a host yields
/// the hash of each of its prefixes or suffixes.
final class OctetHash {
  /// Chosen anew in each process: who writes routes must not be able to make them collide.
  private static final int FACTOR = (ThreadLocalRandom.current().nextInt() & ~7) | 5;

  static final int EMPTY = 17;

  private OctetHash() {}

  static int step(int hash, byte octet) {
    return hash * FACTOR + octet;
  }

  static int forwards(byte[] octets) {
    int hash = EMPTY;
    for (byte octet : octets) {
      hash = step(hash, octet);
    }
    return hash;
  }

  static int backwards(byte[] octets) {
    int hash = EMPTY;
    for (int i = octets.length - 1; i >= 0; i--) {
      hash = step(hash, octets[i]);
    }
    return hash;
  }
}
