package dev.postern.proxy.downstream;

/// The streams that one side reset last: what still comes on them is no fault of the connection.
final class RecentResets {
  /// Twice as many as can be open.
  private static final int REMEMBERED = 2 * Http2ServerConnection.MAX_STREAMS;

  private static final int[] NONE = {};

  private int[] ids = NONE;
  private int count;

  void add(int streamId) {
    if (count == 0) {
      ids = new int[REMEMBERED];
    }
    ids[count++ % REMEMBERED] = streamId;
  }

  boolean has(int streamId) {
    for (int id : ids) {
      if (id == streamId) {
        return true;
      }
    }
    return false;
  }
}
