package dev.postern.app.admin;

/// What the data plane knows about one endpoint of a cluster. Counts are since the endpoint
/// appeared, summed over all workers.
///
/// @param address an IP address in text form
/// @param hostname the DNS name it was found by; empty for none
/// @param connections TCP connections
/// @param requests HTTP requests
/// @param ejected left out for a while, because it kept failing
/// @param failedCheck left out until it answers active health checks again
public record EndpointView(
    String address,
    int port,
    String hostname,
    Connections connections,
    Requests requests,
    boolean ejected,
    boolean failedCheck) {

  /// One that answers its checks, or is not checked.
  public EndpointView(
      String address,
      int port,
      String hostname,
      Connections connections,
      Requests requests,
      boolean ejected) {
    this(address, port, hostname, connections, requests, ejected, false);
  }

  /// The same, with another health.
  public EndpointView with(boolean nowEjected, boolean nowFailedCheck) {
    return new EndpointView(
        address, port, hostname, connections, requests, nowEjected, nowFailedCheck);
  }

  /// Whether it gets requests.
  boolean usable() {
    return !ejected && !failedCheck;
  }

  /// As Envoy writes it.
  String healthFlags() {
    String flags =
        (failedCheck ? "/failed_active_hc" : "") + (ejected ? "/failed_outlier_check" : "");
    return flags.isEmpty() ? "healthy" : flags;
  }

  /// @param total opened, or tried
  /// @param active open now
  /// @param connectFail failed to connect or to complete the TLS handshake
  public record Connections(long total, long active, long connectFail) {}

  /// @param success answered with less than 500
  /// @param error answered with 500 or more, or not at all
  /// @param timeout not answered in time
  public record Requests(long total, long active, long success, long error, long timeout) {}

  /// `address:port`, an IPv6 address in brackets.
  String socket() {
    return Answer.socket(address, port);
  }
}
