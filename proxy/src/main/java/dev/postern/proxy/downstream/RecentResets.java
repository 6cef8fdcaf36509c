package dev.postern.proxy.downstream;

/// The streams that were reset last: the client may still send on them, not knowing.
final class RecentResets {
  /// Twice as many as can be open.
  private static final int REMEMBERED = 2 * Http2ServerConnection.MAX_STREAMS;

  private final int[] ids = new int[REMEMBERED];
  private int count;

  void add(int streamId) {
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
