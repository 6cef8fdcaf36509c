package dev.postern.proxy.exchange;

import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Timeouts;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How long nothing may flow while a request is under way, in nanoseconds; 0 for ever.
///
/// First counts what was said of the backend. A route that gives a request longer than is usual
/// means it, also for a backend that says nothing meanwhile; for clients that fall silent the usual
/// time stays.
final class Patience {
  /// Nobody has said anything.
  static final long UNSAID = -1;

  private Patience() {}

  /// What a route's time-outs for requests and attempts allow; [#UNSAID] without any.
  static long of(Optional<Duration> request, Optional<Duration> attempt) {
    if (request.isEmpty() && attempt.isEmpty()) {
      return UNSAID;
    }
    long whole = request.orElse(Duration.ZERO).toNanos();
    return whole > 0 ? whole : attempt.orElse(Duration.ZERO).toNanos();
  }

  /// For a message in either direction.
  ///
  /// @param route what [#of] gave
  /// @param backendAwaited whether it is the backend's turn
  static long message(
      Timeouts timeouts, @Nullable WorkerCluster cluster, long route, boolean backendAwaited) {
    long usual = timeouts.streamIdle().toNanos();
    long said = said(cluster);
    if (said != UNSAID) {
      return said;
    }
    if (route == UNSAID || usual == 0 || !backendAwaited) {
      return usual;
    }
    return route == 0 ? 0 : Math.max(usual, route);
  }

  /// After a switch of protocols. Once one side has ended, the other gets no longer than for an
  /// ordinary message.
  static long tunnel(Timeouts timeouts, @Nullable WorkerCluster cluster, boolean oneEnded) {
    long said = said(cluster);
    long idle = said == UNSAID ? timeouts.tunnelIdle().toNanos() : said;
    long usual = timeouts.streamIdle().toNanos();
    return oneEnded && usual > 0 && (idle == 0 || usual < idle) ? usual : idle;
  }

  private static long said(@Nullable WorkerCluster cluster) {
    return cluster == null ? UNSAID : cluster.streamIdleNanos(UNSAID);
  }
}
