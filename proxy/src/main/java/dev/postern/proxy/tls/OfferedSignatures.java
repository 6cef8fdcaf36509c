package dev.postern.proxy.tls;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// What a ClientHello says of the signatures that its sender takes (RFC 8446 4.2.3, RFC 5246
/// 7.4.1.4.1). BoringSSL signs with SHA-1 for a client of TLS 1.2 that offers nothing better, and
/// for one that offers nothing; RFC 9155 has both refused.
final class OfferedSignatures {
  static final int SHA_1 = 2;
  static final int SHA_256 = 4;
  private static final int SHA_512 = 6;

  private OfferedSignatures() {}

  /// Whether a key can sign for the client with a hash that is still good.
  ///
  /// @param hello null for one that is malformed
  /// @param keyAlgorithm as the JDK names that of a public key
  /// @return true as well for a hello of an older version, or one that is malformed: the TLS engine
  ///   has its own word for these
  static boolean goodFor(@Nullable ClientOffer hello, String keyAlgorithm) {
    return hello == null
        || hello.version() < ClientOffer.TLS_1_2
        || ClientOffer.any(hello.schemes(), fitting(keyAlgorithm, SHA_256));
  }

  /// By IANA's numbers: the first octet was the hash, the second the kind of key; from 8 on a
  /// number is a name.
  ///
  /// @param weakest [#SHA_1] or [#SHA_256]
  static IntPredicate fitting(String keyAlgorithm, int weakest) {
    return switch (keyAlgorithm) {
      case "RSA" -> scheme -> signedWith(scheme, 1, weakest) || pss(scheme);
      case "RSASSA-PSS" -> scheme -> scheme >= 0x0809 && scheme <= 0x080b;
      case "EC" -> scheme -> signedWith(scheme, 3, weakest);
      default -> scheme -> scheme == 0x0807 || scheme == 0x0808;
    };
  }

  /// Whether it is RSA's padding of TLS 1.3 with a key for any padding.
  static boolean pss(int scheme) {
    return scheme >= 0x0804 && scheme <= 0x0806;
  }

  private static boolean signedWith(int scheme, int kindOfKey, int weakest) {
    int hash = scheme >> 8;
    return hash >= weakest && hash <= SHA_512 && (scheme & 0xff) == kindOfKey;
  }
}
