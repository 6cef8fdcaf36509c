package dev.postern.proxy;

import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
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
}
