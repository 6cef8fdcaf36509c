package dev.postern.proxy.worker;

import java.time.Duration;

/// How long to wait. Zero waits for ever. Kept to within a quarter of a second, how long nothing
/// may move to within half a second.
///
/// @param requestHead for a request's head, from its first octet, and for the TLS handshake
/// @param clientIdle between two requests on one client connection
/// @param streamIdle for the next octet in either direction while a request is under way
/// @param tunnelIdle for the next octet in either direction after a switch of protocols, such as to
///   a WebSocket
/// @param authorization for the answer whether a request may pass
/// @param drainQuiet once the process is about to end, for the next request of a connection that
///   has none under way
public record Timeouts(
    Duration requestHead,
    Duration clientIdle,
    Duration streamIdle,
    Duration tunnelIdle,
    Duration authorization,
    Duration drainQuiet) {
  /// WebSockets are quiet for long; who wants to keep one alive for longer sends pings.
  private static final Duration TUNNEL_IDLE = Duration.ofHours(1);

  /// Envoy's of 200 ms for gRPC is less than a new connection with TLS may take, and for HTTP it
  /// has none.
  private static final Duration AUTHORIZATION = Duration.ofSeconds(10);

  /// Time for what a client has sent already, or is about to, as it has just connected.
  private static final Duration DRAIN_QUIET = Duration.ofMillis(500);

  public static final Timeouts DEFAULT =
      new Timeouts(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(60));

  /// With the usual time-outs for tunnels and for authorization.
  public Timeouts(Duration requestHead, Duration clientIdle, Duration streamIdle) {
    this(requestHead, clientIdle, streamIdle, TUNNEL_IDLE);
  }

  /// With the usual time-out for authorization.
  public Timeouts(
      Duration requestHead, Duration clientIdle, Duration streamIdle, Duration tunnelIdle) {
    this(requestHead, clientIdle, streamIdle, tunnelIdle, AUTHORIZATION);
  }

  /// With the usual time for the last requests.
  public Timeouts(
      Duration requestHead,
      Duration clientIdle,
      Duration streamIdle,
      Duration tunnelIdle,
      Duration authorization) {
    this(requestHead, clientIdle, streamIdle, tunnelIdle, authorization, DRAIN_QUIET);
  }
}
