package dev.postern.ir;

/// A share of a route's requests.
///
/// @param weight 0 to 1,000,000
public record WeightedBackend(
    int weight,
    Destination destination,
    HeaderMutation requestHeaders,
    HeaderMutation responseHeaders) {

  /// Where the share goes.
  public sealed interface Destination {
    /// To a cluster of the [Ir].
    record ToCluster(String cluster) implements Destination {}

    /// To one cluster for clients that came by TLS, and to another for those that did not.
    record ToClusterByScheme(String http, String https) implements Destination {}

    /// Nowhere: the backend is invalid, its share is answered with a status.
    record Respond(int status, String body) implements Destination {}
  }
}
