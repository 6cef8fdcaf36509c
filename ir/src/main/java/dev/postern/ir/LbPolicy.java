package dev.postern.ir;

/// Who of a cluster's endpoints gets a request.
public sealed interface LbPolicy {
  /// The less busy of two that are drawn at random.
  LbPolicy DEFAULT = new LeastRequest();

  /// The less busy of two that are drawn at random.
  record LeastRequest() implements LbPolicy {}

  /// One after the other.
  record RoundRobin() implements LbPolicy {}

  /// Any.
  record Random() implements LbPolicy {}

  /// Requests that are alike in this go to one endpoint, and to few others when endpoints come or
  /// go.
  record ConsistentHash(HashOn on) implements LbPolicy {}

  /// What makes requests alike.
  sealed interface HashOn {
    /// The client's address.
    record SourceIp() implements HashOn {}

    /// A header's value; a request without it goes to any endpoint.
    ///
    /// @param name lower case
    record Header(String name) implements HashOn {}

    /// A cookie's value; a request without it goes to any endpoint.
    record Cookie(String name) implements HashOn {}
  }
}
