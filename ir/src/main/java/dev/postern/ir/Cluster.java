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
public record Cluster(
    String name,
    Discovery discovery,
    UpstreamProtocol protocol,
    Optional<UpstreamTls> tls,
    Duration connectTimeout,
    Duration idleTimeout,
    CircuitBreakers circuitBreakers,
    OutlierDetection outlierDetection) {

  /// Envoy's connect timeout.
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /// How long an unused backend connection is kept. Less than the 60 s and more after which common
  /// servers close it themselves, so that a request rarely meets a closing connection.
  public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(50);
}
