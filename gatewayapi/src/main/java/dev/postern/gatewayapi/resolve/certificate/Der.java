package dev.postern.gatewayapi.resolve.certificate;

import java.util.Arrays;

/// Reads DER elements one after the other (X.690), as far as a private key needs it.
final class Der {
  private final byte[] bytes;
  private int at;

  Der(byte[] bytes) {
    this.bytes = bytes;
  }

  /// A tag and what it holds.
  static final class Element {
    private final int tag;
    private final byte[] content;

    Element(int tag, byte[] content) {
      this.tag = tag;
      this.content = content;
    }

    int tag() {
      return tag;
    }

    byte[] content() {
      return content;
    }
  }

  boolean hasMore() {
    return at < bytes.length;
  }

  /// The contents of the next element, which has this tag.
  Der enter(int tag) throws PemException {
    Element element = next();
    if (element.tag() != tag) {
      throw broken();
    }
    return new Der(element.content());
  }

  Element next() throws PemException {
    int tag = octet();
    int length = octet();
    if (length >= 0x80) {
      int octets = length & 0x7f;
      if (octets == 0 || octets > 3) {
        throw broken();
      }
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | octet();
      }
    }
    if (length > bytes.length - at) {
      throw broken();
    }
    at += length;
    return new Element(tag, Arrays.copyOfRange(bytes, at - length, at));
  }

  private int octet() throws PemException {
    if (at >= bytes.length) {
      throw broken();
    }
    return bytes[at++] & 0xff;
  }

  private static PemException broken() {
    return new PemException("it is not valid DER");
  }
}
