package dev.postern.ir;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// TLS towards clients.
///
/// @param certificates at least one; the first whose names fit the SNI is served, else the first
/// @param alpn in order of preference; none for no ALPN
/// @param clientValidation whether clients are asked for a certificate; absent for not
public record DownstreamTls(
    List<ServerCertificate> certificates,
    List<String> alpn,
    TlsParameters parameters,
    Optional<ClientValidation> clientValidation) {

  /// What HTTPS listeners offer.
  public static final List<String> HTTP_ALPN = List.of("h2", "http/1.1");

  /// A chain and its key.
  ///
  /// @param name `<namespace>/<secret>`, for `/certs` and logs
  /// @param chain the leaf first
  /// @param ocspResponse stapled to the handshake (RFC 6066 8)
  public record ServerCertificate(
      String name,
      List<X509Certificate> chain,
      PrivateKeyDer privateKey,
      Optional<OcspResponse> ocspResponse) {
    public ServerCertificate {
      chain = List.copyOf(chain);
    }

    /// Without an OCSP response.
    public ServerCertificate(String name, List<X509Certificate> chain, PrivateKeyDer privateKey) {
      this(name, chain, privateKey, Optional.empty());
    }
  }

  /// An OCSP response (RFC 6960 4.2.1) in DER.
  public static final class OcspResponse {
    private final byte[] der;

    public OcspResponse(byte[] der) {
      this.der = der.clone();
    }

    /// A copy.
    public byte[] der() {
      return der.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof OcspResponse that && Arrays.equals(der, that.der);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(der);
    }

    @Override
    public String toString() {
      return "OcspResponse[" + der.length + " octets]";
    }
  }

  /// Clients are asked for a certificate (GEP-91).
  ///
  /// @param trust each an anchor; none trusts nobody
  /// @param insecureFallback whether a client without a certificate, or with one that cannot be
  ///   verified, may come in all the same
  public record ClientValidation(List<X509Certificate> trust, boolean insecureFallback) {
    public ClientValidation {
      trust = List.copyOf(trust);
    }
  }

  public DownstreamTls {
    certificates = List.copyOf(certificates);
    alpn = List.copyOf(alpn);
  }

  /// With the data plane's own limits, for clients without certificates.
  public DownstreamTls(List<ServerCertificate> certificates, List<String> alpn) {
    this(certificates, alpn, TlsParameters.DEFAULT, Optional.empty());
  }
}
