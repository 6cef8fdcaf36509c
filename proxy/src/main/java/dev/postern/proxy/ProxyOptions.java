package dev.postern.proxy;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// How the proxy runs, apart from what it serves.
///
/// @param workers event loops, 1 or more; usually one for each core
/// @param accessLog takes one line without its end for each request, on the event loop: it must
///   neither block nor throw
/// @param timeouts towards clients and backends
/// @param limits on what a peer may send
public record ProxyOptions(
    int workers, Optional<Consumer<String>> accessLog, Timeouts timeouts, Limits limits) {

  /// With the usual timeouts and limits.
  public ProxyOptions(int workers, Optional<Consumer<String>> accessLog) {
    this(workers, accessLog, Timeouts.DEFAULT, Limits.DEFAULT);
  }

  /// How long to wait. Zero waits for ever.
  ///
  /// @param requestHead for a request's head, from its first octet, and for the TLS handshake
  /// @param clientIdle between two requests on one client connection
  /// @param streamIdle for the next octet in either direction while a request is under way
  public record Timeouts(Duration requestHead, Duration clientIdle, Duration streamIdle) {
    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(60));
  }

  /// How much a peer may send.
  ///
  /// @param headOctets of a request's or response's start line and fields together
  /// @param headFields of one head or trailer section
  /// @param clientConnections at a time on one listener
  public record Limits(int headOctets, int headFields, int clientConnections) {
    public static final Limits DEFAULT = new Limits(60 * 1024, 100, 50_000);
  }
}
