package dev.postern.ir;

/// What is spoken to the endpoints of a cluster.
public sealed interface UpstreamProtocol {
  /// HTTP/1.1; over TLS the ALPN value `http/1.1` is offered.
  record Http1() implements UpstreamProtocol {}

  /// HTTP/2: with prior knowledge in plaintext; over TLS the ALPN value `h2` alone is offered, and
  /// a backend that selects nothing else is spoken to as if it had.
  record Http2() implements UpstreamProtocol {}

  /// HTTP/1.1 in plaintext; over TLS `h2` and `http/1.1` are offered and the backend chooses, with
  /// HTTP/1.1 where it does not care.
  record Negotiated() implements UpstreamProtocol {}

  /// FastCGI in the role of the responder.
  record FastCgi(FastCgiOptions options) implements UpstreamProtocol {}

  /// Whatever the client speaks, octet by octet, or datagram by datagram for a
  /// [NetworkFilter.UdpProxy]; over TLS nothing is offered by ALPN.
  record Bytes() implements UpstreamProtocol {}
}
