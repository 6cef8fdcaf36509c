package dev.postern.proxy.tls;

import dev.postern.ir.PrivateKeyDer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/// Reads a PKCS#8 key (RFC 5208) of whatever algorithm it says it is.
final class ServerKey {
  private ServerKey() {}

  /// Its exceptions hold nothing of the key.
  static PrivateKey of(PrivateKeyDer key) throws GeneralSecurityException {
    byte[] pkcs8 = key.reveal();
    try {
      return KeyFactory.getInstance(algorithm(pkcs8))
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new InvalidKeyException("not a PKCS#8 key that can be used for TLS");
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  private static String algorithm(byte[] pkcs8) {
    Der info = Der.of(pkcs8).next(Der.SEQUENCE);
    info.next(); // version
    byte[] oid = info.next(Der.SEQUENCE).next(Der.OID).content();
    return switch (HexFormat.of().formatHex(oid)) {
      case "2a864886f70d010101" -> "RSA";
      case "2a864886f70d01010a" -> "RSASSA-PSS";
      case "2a8648ce3d0201" -> "EC";
      case "2b6570", "2b6571" -> "EdDSA";
      default -> throw new IllegalArgumentException("an unknown kind of key");
    };
  }
}
