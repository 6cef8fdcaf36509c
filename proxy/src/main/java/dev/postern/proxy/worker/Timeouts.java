package dev.postern.proxy.worker;

import java.time.Duration;

/// How long to wait. Zero waits for ever. Kept to within a quarter of a second.
///
/// @param requestHead for a request's head, from its first octet, and for the TLS handshake
/// @param clientIdle between two requests on one client connection
/// @param streamIdle for the next octet in either direction while a request is under way
public record Timeouts(Duration requestHead, Duration clientIdle, Duration streamIdle) {
  public static final Timeouts DEFAULT =
      new Timeouts(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(60));
}
