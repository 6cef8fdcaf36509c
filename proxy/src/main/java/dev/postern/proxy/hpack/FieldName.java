package dev.postern.proxy.hpack;

import dev.postern.proxy.http1.Characters;
import dev.postern.proxy.message.HeaderName;
import org.jspecify.annotations.Nullable;

/// A name in a table, and what is known of it.
///
/// @param pseudo null for a name without a colon
/// @param wellFormed whether it is a token in lower case (RFC 9113 8.2.1)
record FieldName(byte[] octets, HeaderName known, @Nullable Pseudo pseudo, boolean wellFormed) {

  static FieldName of(byte[] octets) {
    int length = octets.length;
    if (length > 0 && octets[0] == ':') {
      return new FieldName(octets, HeaderName.OTHER, Pseudo.of(octets, 0, length), true);
    }
    return new FieldName(
        octets,
        length == 0 ? HeaderName.OTHER : HeaderName.of(octets, 0, length),
        null,
        FieldName.wellFormed(octets, 0, length));
  }

  static boolean wellFormed(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (!Characters.lowerToken(bytes[i])) {
        return false;
      }
    }
    return length > 0;
  }
}
