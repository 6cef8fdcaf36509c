package dev.postern.proxy.tls;

import java.util.Arrays;

/// Reads DER one element after the other. What is malformed throws [IllegalArgumentException].
final class Der {
  static final int SEQUENCE = 0x30;
  static final int OCTET_STRING = 0x04;
  static final int OID = 0x06;

  private final byte[] bytes;
  private int at;
  private final int end;

  private Der(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  static Der of(byte[] bytes) {
    return new Der(bytes, 0, bytes.length);
  }

  boolean hasMore() {
    return at < end;
  }

  /// The tag of the next element: class, form and number in one octet.
  int tag() {
    if (at >= end || (bytes[at] & 0x1f) == 0x1f) {
      throw malformed();
    }
    return bytes[at] & 0xff;
  }

  /// The content of the next element, whatever its tag.
  Der next() {
    tag();
    if (at + 2 > end) {
      throw malformed();
    }
    int length = bytes[at + 1] & 0xff;
    int start = at + 2;
    if (length >= 0x80) {
      int octets = length & 0x7f;
      if (octets == 0 || octets > 3 || start + octets > end) {
        throw malformed();
      }
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | (bytes[start + i] & 0xff);
      }
      start += octets;
    }
    if (length > end - start) {
      throw malformed();
    }
    at = start + length;
    return new Der(bytes, start, at);
  }

  /// The content of the next element, which must have that tag.
  Der next(int tag) {
    if (tag() != tag) {
      throw malformed();
    }
    return next();
  }

  /// The next element with its tag and length.
  byte[] element() {
    int start = at;
    next();
    return Arrays.copyOfRange(bytes, start, at);
  }

  /// What is left.
  byte[] content() {
    return Arrays.copyOfRange(bytes, at, end);
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException("malformed DER");
  }
}
