package dev.postern.ir;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What to do with a request that a route took.
public sealed interface RouteAction {

  /// Send it to one of several backends, chosen by weight.
  ///
  /// @param backends at least one with a weight over 0
  /// @param timeout from the request's end to the response's end; absent for the data plane's
  ///   default, zero for none
  record Forward(List<WeightedBackend> backends, Optional<Duration> timeout)
      implements RouteAction {
    public Forward {
      backends = List.copyOf(backends);
    }
  }

  /// Answer at once.
  ///
  /// @param status 200 to 599
  /// @param body text/plain; empty for none
  record DirectResponse(int status, String body) implements RouteAction {}
}
