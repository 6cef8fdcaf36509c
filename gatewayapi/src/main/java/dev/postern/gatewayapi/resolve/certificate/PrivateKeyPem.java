package dev.postern.gatewayapi.resolve.certificate;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// A private key out of PEM: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017) or SEC 1 (RFC 5915), as PKCS#8.
final class PrivateKeyPem {
  /// AlgorithmIdentifier of rsaEncryption with NULL parameters.
  private static final byte[] RSA = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  /// The object identifier id-ecPublicKey.
  private static final byte[] EC = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };

  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int EC_PARAMETERS = 0xa0;

  private PrivateKeyPem() {}

  static byte[] toPkcs8(String pem) throws PemException {
    if (pem.isBlank()) {
      throw new PemException("it is empty");
    }
    List<String> found = new ArrayList<>();
    for (Pem.Block block : Pem.blocks(pem)) {
      found.add(block.label());
      switch (block.label()) {
        case "PRIVATE KEY" -> {
          return block.der();
        }
        case "RSA PRIVATE KEY" -> {
          return pkcs8(RSA, block.der());
        }
        case "EC PRIVATE KEY" -> {
          return pkcs8(tlv(SEQUENCE, concat(EC, ecParameters(block.der()))), block.der());
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new PemException("the private key is encrypted; store it without a passphrase");
        default -> {} // EC PARAMETERS, a certificate, a comment
      }
    }
    throw new PemException(
        found.isEmpty()
            ? "no PEM private key is in it"
            : "no private key is in it, but " + String.join(", ", found));
  }

  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return tlv(SEQUENCE, concat(concat(VERSION_0, algorithm), tlv(OCTET_STRING, key)));
  }

  /// The curve: the contents of the element `[0]` of an ECPrivateKey.
  private static byte[] ecParameters(byte[] der) throws PemException {
    Der key = new Der(der).enter(SEQUENCE);
    while (key.hasMore()) {
      Der.Element element = key.next();
      if (element.tag() == EC_PARAMETERS) {
        return element.content();
      }
    }
    throw new PemException("the EC private key does not name its curve; convert it to PKCS#8");
  }

  private static byte[] concat(byte[] left, byte[] right) {
    byte[] all = new byte[left.length + right.length];
    System.arraycopy(left, 0, all, 0, left.length);
    System.arraycopy(right, 0, all, left.length, right.length);
    return all;
  }

  private static byte[] tlv(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      int octets = (39 - Integer.numberOfLeadingZeros(content.length)) / 8;
      out.write(0x80 | octets);
      for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
        out.write(content.length >> shift);
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
