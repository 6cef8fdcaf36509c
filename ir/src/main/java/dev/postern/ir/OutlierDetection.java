package dev.postern.ir;

import java.time.Duration;

/// When an endpoint that keeps failing is left out for a while.
///
/// @param consecutive5xx answers of 500 and more in a row, or none at all; 0 for not counted
/// @param consecutiveGatewayErrors failures in a row to connect, to complete the handshake or to
///   answer; a 5xx that the backend itself sent does not count; 0 for not counted
/// @param baseEjectionTime times the number of ejections in a row
/// @param maxEjectionPercent of a cluster's endpoints, but always one where there are two
public record OutlierDetection(
    int consecutive5xx,
    int consecutiveGatewayErrors,
    Duration baseEjectionTime,
    int maxEjectionPercent) {
  public static final OutlierDetection DEFAULT = new OutlierDetection(5, Duration.ofSeconds(5), 50);

  /// Nobody is left out.
  public static final OutlierDetection OFF = new OutlierDetection(0, 0, Duration.ofSeconds(5), 50);

  /// Of failures to answer alone.
  public OutlierDetection(
      int consecutiveGatewayErrors, Duration baseEjectionTime, int maxEjectionPercent) {
    this(0, consecutiveGatewayErrors, baseEjectionTime, maxEjectionPercent);
  }
}
