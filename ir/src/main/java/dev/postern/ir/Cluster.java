package dev.postern.ir;

import java.time.Duration;
import java.util.Optional;

/// One (namespace, service, port) and one way to connect to it, however many routes use it.
///
/// @param name `kube_<namespace>_<service>_<port>`, with a suffix where one port is reached in more
///   than one way
/// @param tls absent for plaintext
/// @param connectTimeout for the TCP and TLS handshakes together
/// @param idleTimeout how long an unused connection is kept; zero for ever
/// @param streamIdleTimeout how long nothing may flow in either direction while a request, what it
///   was upgraded to, a connection or a session is under way; zero for ever, absent for the data
///   plane's default
/// @param lbPolicy who of the endpoints gets a request
/// @param healthCheck how endpoints are asked whether they are well; absent for not at all
/// @param retryBudget how many of the requests may be repeated ones; absent for no limit
public record Cluster(
    String name,
    Discovery discovery,
    UpstreamProtocol protocol,
    Optional<UpstreamTls> tls,
    Duration connectTimeout,
    Duration idleTimeout,
    Optional<Duration> streamIdleTimeout,
    CircuitBreakers circuitBreakers,
    OutlierDetection outlierDetection,
    LbPolicy lbPolicy,
    Optional<HealthCheck> healthCheck,
    Optional<RetryBudget> retryBudget) {

  /// Envoy's connect timeout.
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /// How long an unused backend connection is kept. Less than the 60 s and more after which common
  /// servers close it themselves, so that a request rarely meets a closing connection.
  public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(50);

  /// With the usual time for requests and choice of endpoints, nobody asked after their health, and
  /// no retry budget.
  public Cluster(
      String name,
      Discovery discovery,
      UpstreamProtocol protocol,
      Optional<UpstreamTls> tls,
      Duration connectTimeout,
      Duration idleTimeout,
      CircuitBreakers circuitBreakers,
      OutlierDetection outlierDetection) {
    this(
        name,
        discovery,
        protocol,
        tls,
        connectTimeout,
        idleTimeout,
        Optional.empty(),
        circuitBreakers,
        outlierDetection,
        LbPolicy.DEFAULT,
        Optional.empty(),
        Optional.empty());
  }

  /// A share of a cluster's requests that may be repeated ones (GEP-3388).
  ///
  /// @param percent 0 to 100, of the requests within `interval`
  /// @param minRetries may be repeated whatever the share, within `minInterval`
  public record RetryBudget(int percent, Duration interval, int minRetries, Duration minInterval) {}
}
