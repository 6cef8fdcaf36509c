package dev.postern.proxy.worker;

import java.time.Duration;

/// How long to wait. Zero waits for ever. Kept to within a quarter of a second.
///
/// @param requestHead for a request's head, from its first octet, and for the TLS handshake
/// @param clientIdle between two requests on one client connection
/// @param streamIdle for the next octet in either direction while a request is under way; Envoy's
///   default is five minutes too
/// @param tunnelIdle for the next octet in either direction after a switch of protocols, such as to
///   a WebSocket
public record Timeouts(
    Duration requestHead, Duration clientIdle, Duration streamIdle, Duration tunnelIdle) {
  /// WebSockets are quiet for long; who wants to keep one alive for longer sends pings.
  private static final Duration TUNNEL_IDLE = Duration.ofHours(1);

  public static final Timeouts DEFAULT =
      new Timeouts(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofMinutes(5));

  /// With the usual time-out for tunnels.
  public Timeouts(Duration requestHead, Duration clientIdle, Duration streamIdle) {
    this(requestHead, clientIdle, streamIdle, TUNNEL_IDLE);
  }
}
