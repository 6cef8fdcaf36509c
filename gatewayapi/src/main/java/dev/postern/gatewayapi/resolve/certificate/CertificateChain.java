package dev.postern.gatewayapi.resolve.certificate;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// Certificates out of PEM.
public final class CertificateChain {
  private static final String LABELS = "CERTIFICATE|X509 CERTIFICATE|TRUSTED CERTIFICATE";

  private CertificateChain() {}

  /// All certificates of a text, in order; at least one. One that is broken spoils the text, since
  /// nobody can tell what its author meant it to allow. Dates are not looked at: that is done at
  /// each handshake.
  public static List<X509Certificate> parse(String pem) throws PemException {
    if (pem.isBlank()) {
      throw new PemException("it is empty");
    }
    List<X509Certificate> certificates = new ArrayList<>();
    boolean key = false;
    for (Pem.Block block : Pem.blocks(pem)) {
      if (block.label().matches(LABELS)) {
        certificates.add(certificate(block.der(), certificates.size() + 1));
      }
      key |= block.label().endsWith("PRIVATE KEY");
    }
    if (certificates.isEmpty()) {
      throw new PemException(
          key
              ? "it holds a private key and no certificate"
              : "no PEM certificate (BEGIN CERTIFICATE) is in it");
    }
    return certificates;
  }

  private static X509Certificate certificate(byte[] der, int number) throws PemException {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException _) {
      throw new PemException("certificate " + number + " in it is not valid DER");
    }
  }
}
