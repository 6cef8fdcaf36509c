package dev.postern.ir;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What else is to be done with a request that is sent to a backend.
///
/// @param timeout from when the request was received to the response's end, all attempts included;
///   absent for the data plane's default, zero for none
/// @param perTryTimeout from the start of an attempt to its response's end; absent or zero for none
/// @param hostRewrite what the backend gets as its `Host`; absent for the client's
/// @param mirrors who else gets a copy, whose answers nobody waits for
public record ForwardOptions(
    Optional<Duration> timeout,
    Optional<Duration> perTryTimeout,
    Optional<RetryPolicy> retryPolicy,
    Optional<String> hostRewrite,
    Optional<PathRewrite> pathRewrite,
    List<RequestMirror> mirrors,
    Optional<SessionPersistence> sessionPersistence) {

  /// None of it.
  public static final ForwardOptions NONE =
      new ForwardOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty());

  public ForwardOptions {
    mirrors = List.copyOf(mirrors);
  }

  /// The same with another time-out.
  public ForwardOptions withTimeout(Optional<Duration> other) {
    return new ForwardOptions(
        other, perTryTimeout, retryPolicy, hostRewrite, pathRewrite, mirrors, sessionPersistence);
  }

  /// A copy of some requests.
  ///
  /// @param destination one that responds gets nothing
  /// @param numerator of the share, 0 to `denominator`
  /// @param denominator at least 1
  public record RequestMirror(
      WeightedBackend.Destination destination, int numerator, int denominator) {}

  /// When an attempt is repeated, beside connections that could not be made.
  ///
  /// @param attempts how many more than the first; 0 for none, not even those
  /// @param statusCodes of a response that is not passed on
  /// @param backoff before an attempt, at the least
  public record RetryPolicy(int attempts, List<Integer> statusCodes, Optional<Duration> backoff) {
    public RetryPolicy {
      statusCodes = List.copyOf(statusCodes);
    }
  }

  /// Requests of one session go to one endpoint, as long as it is there (GEP-1619).
  ///
  /// @param name of the cookie or, in lower case, the header
  /// @param carrier what the client sends back
  /// @param absoluteTimeout how long a session lasts at the longest
  /// @param idleTimeout how long it lasts without a request
  /// @param permanent whether a cookie outlives the browser: only with an absolute time-out
  /// @param path of the cookie
  public record SessionPersistence(
      String name,
      Carrier carrier,
      Optional<Duration> absoluteTimeout,
      Optional<Duration> idleTimeout,
      boolean permanent,
      String path) {

    /// Where the session's token is.
    public enum Carrier {
      COOKIE,
      HEADER
    }
  }
}
