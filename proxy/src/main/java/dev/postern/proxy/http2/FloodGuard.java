package dev.postern.proxy.http2;

/// Is told of what a peer sends, and ends the connection with ENHANCE_YOUR_CALM when it only makes
/// work (RFC 9113 10.5).
///
/// Two budgets, each filled by time and by honest work: frames that carry nothing (PING, SETTINGS,
/// PRIORITY, WINDOW_UPDATE, empty DATA, unknown ones), and streams that are given up. A stream
/// counts as given up whether the peer resets it at once or makes us reset it: both cost us a
/// request and the peer next to nothing (CVE-2023-44487, CVE-2025-8671).
public final class FloodGuard {
  private static final long MAX_FRAMES = 1000;
  private static final long FRAMES_PER_TENTH = 10;
  private static final long FRAMES_PER_REQUEST = 10;
  private static final int OCTETS_PER_DATA_FRAME = 2048;
  private static final int SETTINGS_COST = 20;
  private static final long MAX_RESETS = 200;
  private static final long RESETS_PER_TENTH = 1;
  private static final long TENTH_NANOS = 100_000_000L;

  private final boolean fromClient;
  private long frames = MAX_FRAMES;
  private long resets = MAX_RESETS;
  private long octetsSent;
  private long filled = System.nanoTime();

  /// @param fromClient whether the peer is a client. A backend may reset what it likes: it does not
  ///   choose how many requests it gets
  public FloodGuard(boolean fromClient) {
    this.fromClient = fromClient;
  }

  /// A frame with that much of a body was sent: the peer may have to open its windows for it, and
  /// gRPC's measures the way with a PING.
  public void sent(int octets) {
    octetsSent += octets + OCTETS_PER_DATA_FRAME;
    if (octetsSent >= 1024) {
      frames = Math.min(MAX_FRAMES, frames + octetsSent / 1024);
      octetsSent %= 1024;
    }
  }

  /// A stream came to a proper end.
  public void completed() {
    resets = Math.min(MAX_RESETS, resets + 1);
  }

  /// The peer made us reset a stream.
  ///
  /// @return whether that was too often
  public boolean misbehaved() {
    refill();
    return --resets < 0;
  }

  /// The peer sent a request or a response.
  void request() {
    frames = Math.min(MAX_FRAMES, frames + FRAMES_PER_REQUEST);
  }

  /// The peer sent a frame that carries nothing.
  void frame() throws Http2Exception {
    frame(1);
  }

  /// The peer sent SETTINGS.
  void settings() throws Http2Exception {
    frame(SETTINGS_COST);
  }

  /// The peer reset a stream.
  ///
  /// @param premature whether it cannot have wanted it. Who cancels what takes too long, as gRPC's
  ///   deadlines do, had to wait for that, and has no more streams at a time than it may
  void peerReset(boolean premature) throws Http2Exception {
    frame(1);
    if (premature && fromClient && misbehaved()) {
      throw calm("too many streams were reset");
    }
  }

  private void frame(int cost) throws Http2Exception {
    frames -= cost;
    if (frames < 0) {
      refill();
      if (frames < 0) {
        throw calm("too many frames that carry nothing");
      }
    }
  }

  private void refill() {
    long now = System.nanoTime();
    long tenths = (now - filled) / TENTH_NANOS;
    if (tenths > 0) {
      filled += tenths * TENTH_NANOS;
      frames = Math.min(MAX_FRAMES, frames + tenths * FRAMES_PER_TENTH);
      resets = Math.min(MAX_RESETS, resets + tenths * RESETS_PER_TENTH);
    }
  }

  private static Http2Exception calm(String why) {
    return Http2Exception.connection(Http2Error.ENHANCE_YOUR_CALM, why);
  }
}
