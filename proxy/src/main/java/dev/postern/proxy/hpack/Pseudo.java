package dev.postern.proxy.hpack;

import dev.postern.proxy.message.Octets;
import java.util.Arrays;

/// The pseudo-header fields (RFC 9113 8.3, RFC 8441 4). Every other name with a colon in front is
/// [#UNKNOWN].
public enum Pseudo {
  UNKNOWN(":"),
  AUTHORITY(":authority"),
  METHOD(":method"),
  PATH(":path"),
  SCHEME(":scheme"),
  STATUS(":status"),
  PROTOCOL(":protocol");

  private static final Pseudo[] ALL = values();

  private final byte[] octets;

  Pseudo(String text) {
    this.octets = Octets.ascii(text);
  }

  /// What the name there means, which begins with a colon.
  static Pseudo of(byte[] bytes, int offset, int length) {
    for (Pseudo known : ALL) {
      if (Arrays.equals(known.octets, 0, known.octets.length, bytes, offset, offset + length)) {
        return known;
      }
    }
    return UNKNOWN;
  }

  byte[] octets() {
    return octets;
  }
}
