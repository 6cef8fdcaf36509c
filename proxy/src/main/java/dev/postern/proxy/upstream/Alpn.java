package dev.postern.proxy.upstream;

import dev.postern.ir.Cluster;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import java.util.List;

/// Which protocols TLS offers a backend (RFC 7301).
final class Alpn {
  static final String HTTP1 = "http/1.1";
  static final String H2 = "h2";

  private static final List<String> ONLY_HTTP1 = List.of(HTTP1);
  private static final List<String> ONLY_H2 = List.of(H2);
  private static final List<String> EITHER = List.of(H2, HTTP1);

  private Alpn() {}

  /// What to offer, the preferred one first; nothing to send no list.
  ///
  /// @param http1Only whether the connection must be HTTP/1.1 although others of the cluster need
  ///   not be
  static List<String> offer(Cluster cluster, UpstreamTls tls, boolean http1Only) {
    List<String> said = tls.parameters().alpnProtocols();
    if (http1Only) {
      List<String> rest = said.stream().filter(p -> !p.equals(H2)).toList();
      return rest.isEmpty() ? ONLY_HTTP1 : rest;
    }
    if (!said.isEmpty()) {
      return said;
    }
    return switch (cluster.protocol()) {
      case UpstreamProtocol.Http1() -> ONLY_HTTP1;
      case UpstreamProtocol.Http2() -> ONLY_H2;
      case UpstreamProtocol.Negotiated() -> EITHER;
      case UpstreamProtocol.FastCgi _, UpstreamProtocol.Bytes() -> List.of();
    };
  }
}
