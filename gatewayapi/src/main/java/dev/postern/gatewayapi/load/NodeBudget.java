package dev.postern.gatewayapi.load;

/// How many nodes the tree of a text may have. Each takes some 70 octets, and more with its key, so
/// that a file of `[0,0,0` would take fifty times its size in memory before anything is known of
/// it.
final class NodeBudget {
  /// More than a file of 16 MiB can need: what is written most tersely, an EndpointSlice in JSON
  /// without white space, has nine characters to a node.
  private static final int NODES = 2_000_000;

  private int left = NODES;

  /// Takes one.
  ///
  /// @throws MalformedException when there is none left
  void take(int line) throws MalformedException {
    if (--left < 0) {
      throw new MalformedException(
          line, "this file holds more than " + NODES / 1_000_000 + " million values; divide it");
    }
  }
}
