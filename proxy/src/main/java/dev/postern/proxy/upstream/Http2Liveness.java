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

  private long lastReadNanos;
  private long pingNanos;
  private long reads;
  private boolean pinged;
  private boolean suspect;

  Http2Liveness(long nowNanos) {
    lastReadNanos = nowNanos;
    pingNanos = nowNanos;
  }

  /// Something came.
  void read(long nowNanos) {
    lastReadNanos = nowNanos;
    reads++;
  }

  /// How often something came.
  long reads() {
    return reads;
  }

  /// Whether no request should go there until a PING is answered.
  boolean suspect() {
    return suspect;
  }

  /// A request was given up.
  ///
  /// @param before [#reads] when it was sent
  /// @return whether to send a PING now
  boolean givenUp(long before, long takenNanos, long nowNanos) {
    if (suspect || reads != before || nowNanos - takenNanos < SUSPECT_NANOS) {
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
