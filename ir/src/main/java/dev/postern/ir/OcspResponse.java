package dev.postern.ir;

import java.util.Arrays;

/// An OCSP response in DER (RFC 6960 4.2.1), to be shown to clients that ask for one. Whether it is
/// for the certificate, and still fresh, is the client's to check.
public final class OcspResponse {
  private final byte[] der;

  public OcspResponse(byte[] der) {
    this.der = der.clone();
  }

  /// The response itself.
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
    return der.length + " octets";
  }
}
