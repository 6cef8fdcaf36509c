package dev.postern.ir;

import java.security.MessageDigest;
import java.util.Arrays;

/// A private key in PKCS#8 DER. It prints redacted, compares in constant time and is never part of
/// a dump.
public final class PrivateKeyDer {
  private final byte[] pkcs8;

  public PrivateKeyDer(byte[] pkcs8) {
    this.pkcs8 = pkcs8.clone();
  }

  /// The key itself: for the TLS engine alone.
  public byte[] reveal() {
    return pkcs8.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PrivateKeyDer that && MessageDigest.isEqual(pkcs8, that.pkcs8);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(pkcs8);
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
