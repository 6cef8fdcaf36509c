package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resource.SessionPersistence;
import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster.RetryBudget;
import dev.postern.ir.HealthCheck;
import dev.postern.ir.LbPolicy;
import dev.postern.ir.OutlierDetection;
import java.time.Duration;
import java.util.Optional;

/// What somebody wishes about connections and endpoints, whatever is spoken.
///
/// @param connectTimeout for TCP and TLS together
/// @param idleTimeout zero for ever
/// @param streamIdleTimeout zero for ever
public record TrafficWish(
    Optional<Said<Duration>> connectTimeout,
    Optional<Said<Duration>> idleTimeout,
    Optional<Said<Duration>> streamIdleTimeout,
    Optional<Said<CircuitBreakers>> circuitBreakers,
    Optional<Said<LbPolicy>> lbPolicy,
    Optional<Said<HealthCheck>> healthCheck,
    Optional<Said<OutlierDetection>> outlierDetection,
    Optional<Said<RetryBudget>> retryBudget,
    Optional<Said<SessionPersistence>> sessionPersistence) {

  /// No wish.
  public static final TrafficWish NOTHING =
      limits(Optional.empty(), Optional.empty(), Optional.empty());

  /// Nothing about endpoints.
  public static TrafficWish limits(
      Optional<Said<Duration>> connectTimeout,
      Optional<Said<Duration>> idleTimeout,
      Optional<Said<CircuitBreakers>> circuitBreakers) {
    return new TrafficWish(
        connectTimeout,
        idleTimeout,
        Optional.empty(),
        circuitBreakers,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public TrafficWish withStreamIdleTimeout(Optional<Said<Duration>> time) {
    return new TrafficWish(
        connectTimeout,
        idleTimeout,
        time,
        circuitBreakers,
        lbPolicy,
        healthCheck,
        outlierDetection,
        retryBudget,
        sessionPersistence);
  }

  public TrafficWish withBalancing(
      Optional<Said<LbPolicy>> choice,
      Optional<Said<HealthCheck>> checks,
      Optional<Said<OutlierDetection>> ejection) {
    return new TrafficWish(
        connectTimeout,
        idleTimeout,
        streamIdleTimeout,
        circuitBreakers,
        choice,
        checks,
        ejection,
        retryBudget,
        sessionPersistence);
  }
}
