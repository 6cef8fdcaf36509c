package dev.postern.ir;

/// What is spoken to the endpoints of a cluster.
public sealed interface UpstreamProtocol {
  /// HTTP/1.1; over TLS the ALPN value `http/1.1` is offered.
  record Http1() implements UpstreamProtocol {}
}
