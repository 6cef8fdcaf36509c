package dev.postern.proxy.upstream;

/// Whether somebody is still there at the other end of an HTTP/2 connection: when to ask by PING,
/// and when there was no answer.
final class Http2Liveness {
  /// A connection at work on which nothing comes is asked no more often than gRPC servers permit by
  /// default (gRFC A8: 5 minutes).
  private static final long PING_AFTER_NANOS = 300_000_000_000L;

  /// How long the answer may take (gRFC A8: 20 seconds).
  private static final long PING_TIMEOUT_NANOS = 20_000_000_000L;

  /// A request that was given up after this long, while nothing came at all, makes a connection
  /// suspect.
  private static final long SUSPECT_NANOS = 1_000_000_000L;

  private long lastReadNanos = System.nanoTime();
  private long pingNanos = lastReadNanos;
  private boolean pinged;
  private boolean suspect;

  /// Something came.
  void read() {
    lastReadNanos = System.nanoTime();
  }

  /// Whether anything came since then.
  boolean silentSince(long nanos) {
    return lastReadNanos - nanos < 0;
  }

  /// Whether no request should go there until a PING is answered.
  boolean suspect() {
    return suspect;
  }

  /// A request was given up.
  ///
  /// @return whether to send a PING now
  boolean givenUp(long takenNanos) {
    long now = System.nanoTime();
    if (suspect || !silentSince(takenNanos) || now - takenNanos < SUSPECT_NANOS) {
      return false;
    }
    suspect = true;
    return !pinged;
  }

  /// Whether to send a PING to a connection at work.
  boolean due(long nowNanos) {
    return !pinged && nowNanos - Math.max(lastReadNanos, pingNanos) > PING_AFTER_NANOS;
  }

  void pinged() {
    pinged = true;
    pingNanos = System.nanoTime();
  }

  void answered() {
    pinged = false;
    suspect = false;
  }

  /// Whether the answer is overdue.
  boolean gone(long nowNanos) {
    return pinged && nowNanos - pingNanos > PING_TIMEOUT_NANOS;
  }
}
