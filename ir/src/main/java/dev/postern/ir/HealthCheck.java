package dev.postern.ir;

import java.time.Duration;
import java.util.List;

/// How endpoints are asked whether they are well. One that is not gets no requests, unless none is.
///
/// @param interval between two checks of one endpoint
/// @param timeout after which a check has failed
/// @param unhealthyThreshold failures in a row after which an endpoint is not well
/// @param healthyThreshold successes in a row after which it is well again; a new endpoint is well
///   until it fails
public record HealthCheck(
    Duration interval,
    Duration timeout,
    int unhealthyThreshold,
    int healthyThreshold,
    Checker checker) {

  /// What is asked.
  public sealed interface Checker {
    /// A GET over the cluster's own protocol and TLS.
    ///
    /// @param host of the request; empty for the cluster's name
    /// @param expectedStatuses none for 200 alone
    record Http(String host, String path, List<Integer> expectedStatuses) implements Checker {
      public Http {
        expectedStatuses = List.copyOf(expectedStatuses);
      }
    }

    /// `grpc.health.v1.Health/Check`.
    ///
    /// @param service may be empty for the server as a whole
    record Grpc(String service) implements Checker {}

    /// A connection, with its TLS handshake where the cluster has TLS.
    record Tcp() implements Checker {}
  }
}
