package dev.postern.proxy.tls;

import io.netty.buffer.ByteBuf;
import java.util.function.IntPredicate;

/// What a ClientHello says of the signatures that its sender takes (RFC 8446 4.2.3, RFC 5246
/// 7.4.1.4.1). BoringSSL signs with SHA-1 for a client of TLS 1.2 that offers nothing better, and
/// for one that offers nothing; RFC 9155 has both refused.
final class OfferedSignatures {
  private static final int TLS_1_2 = 0x0303;
  private static final int SIGNATURE_ALGORITHMS = 13;
  private static final int RANDOM = 32;

  private OfferedSignatures() {}

  /// Whether a key can sign for the client with a hash that is still good.
  ///
  /// @param hello the handshake message without its header; it is not consumed
  /// @param keyAlgorithm as the JDK names that of a public key
  /// @return true as well for a hello of an older version, or one that is malformed: the TLS engine
  ///   has its own word for these
  static boolean goodFor(ByteBuf hello, String keyAlgorithm) {
    ByteBuf in = hello.slice();
    try {
      return in.readUnsignedShort() < TLS_1_2 || offers(in, fitting(keyAlgorithm));
    } catch (IndexOutOfBoundsException malformed) {
      return true;
    }
  }

  private static boolean offers(ByteBuf in, IntPredicate fits) {
    in.skipBytes(RANDOM);
    in.skipBytes(in.readUnsignedByte()); // session
    in.skipBytes(in.readUnsignedShort()); // cipher suites
    in.skipBytes(in.readUnsignedByte()); // compression
    if (!in.isReadable()) {
      return false;
    }
    ByteBuf extensions = in.readSlice(in.readUnsignedShort());
    while (extensions.isReadable()) {
      int type = extensions.readUnsignedShort();
      ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
      if (type == SIGNATURE_ALGORITHMS) {
        return anyOf(extension.readSlice(extension.readUnsignedShort()), fits);
      }
    }
    return false;
  }

  private static boolean anyOf(ByteBuf schemes, IntPredicate fits) {
    while (schemes.isReadable()) {
      if (fits.test(schemes.readUnsignedShort())) {
        return true;
      }
    }
    return false;
  }

  /// By IANA's numbers: the first octet was the hash, 4 to 6 for SHA-256 to SHA-512, the second the
  /// kind of key; from 8 on a number is a name.
  private static IntPredicate fitting(String keyAlgorithm) {
    return switch (keyAlgorithm) {
      case "RSA" -> scheme -> signedWith(scheme, 1) || (scheme >= 0x0804 && scheme <= 0x0806);
      case "RSASSA-PSS" -> scheme -> scheme >= 0x0809 && scheme <= 0x080b;
      case "EC" -> scheme -> signedWith(scheme, 3);
      default -> scheme -> scheme == 0x0807 || scheme == 0x0808;
    };
  }

  private static boolean signedWith(int scheme, int kindOfKey) {
    int hash = scheme >> 8;
    return hash >= 4 && hash <= 6 && (scheme & 0xff) == kindOfKey;
  }
}
