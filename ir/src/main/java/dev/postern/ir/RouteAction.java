package dev.postern.ir;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What to do with a request that a route took.
public sealed interface RouteAction {

  /// Send it to one of several backends, chosen by weight.
  ///
  /// @param backends at least one with a weight over 0
  record Forward(List<WeightedBackend> backends, ForwardOptions options) implements RouteAction {
    public Forward {
      backends = List.copyOf(backends);
    }

    /// With a time-out and no other option.
    public Forward(List<WeightedBackend> backends, Optional<Duration> timeout) {
      this(backends, ForwardOptions.NONE.withTimeout(timeout));
    }
  }

  /// Answer at once.
  ///
  /// @param status 200 to 599
  /// @param body text/plain; empty for none
  record DirectResponse(int status, String body) implements RouteAction {}

  /// Send the client elsewhere. What is absent stays as the client asked.
  ///
  /// @param scheme `http` or `https`
  /// @param port absent for the listener's; the scheme's own port is not written
  /// @param status 301, 302, 303, 307 or 308
  record Redirect(
      Optional<String> scheme,
      Optional<String> host,
      Optional<Integer> port,
      Optional<PathRewrite> path,
      int status)
      implements RouteAction {}
}
