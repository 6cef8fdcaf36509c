package dev.postern.ir;

import java.security.cert.X509Certificate;
import java.util.List;

/// What a backend gets to see that asks for a certificate.
///
/// @param name `<namespace>/<secret>`, for `/certs` and logs
/// @param chain the leaf first
public record ClientCertificate(
    String name, List<X509Certificate> chain, PrivateKeyDer privateKey) {
  public ClientCertificate {
    chain = List.copyOf(chain);
  }
}
