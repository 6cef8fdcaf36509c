package dev.postern.ir;

import java.time.Duration;

/// When an endpoint that keeps failing is left out for a while.
///
/// @param consecutiveGatewayErrors failures in a row to connect, to complete the handshake or to
///   answer; a 5xx that the backend itself sent does not count
/// @param baseEjectionTime times the number of ejections in a row
/// @param maxEjectionPercent of a cluster's endpoints, but always one where there are two
public record OutlierDetection(
    int consecutiveGatewayErrors, Duration baseEjectionTime, int maxEjectionPercent) {
  public static final OutlierDetection DEFAULT = new OutlierDetection(5, Duration.ofSeconds(5), 50);
}
