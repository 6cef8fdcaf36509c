package dev.postern.ir;

import java.security.cert.X509Certificate;
import java.util.List;

/// TLS towards clients.
///
/// @param certificates at least one; the first whose names fit the SNI is served, else the first
/// @param alpn in order of preference
public record DownstreamTls(List<ServerCertificate> certificates, List<String> alpn) {

  /// What HTTPS listeners offer.
  public static final List<String> HTTP_ALPN = List.of("h2", "http/1.1");

  /// A chain and its key.
  ///
  /// @param name `<namespace>/<secret>`, for `/certs` and logs
  /// @param chain the leaf first
  public record ServerCertificate(
      String name, List<X509Certificate> chain, PrivateKeyDer privateKey) {
    public ServerCertificate {
      chain = List.copyOf(chain);
    }
  }

  public DownstreamTls {
    certificates = List.copyOf(certificates);
    alpn = List.copyOf(alpn);
  }
}
