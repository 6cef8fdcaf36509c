package dev.postern.proxy.hpack;

import dev.postern.proxy.http1.Characters;

/// A field in a table.
///
/// @param wellFormed whether the value may stand in a message (RFC 9113 8.2.1)
record TableEntry(FieldName name, byte[] value, boolean wellFormed) {
  /// What each entry costs besides its octets (RFC 7541 4.1).
  static final int OVERHEAD = 32;

  static TableEntry of(FieldName name, byte[] value) {
    return new TableEntry(name, value, wellFormed(value, 0, value.length));
  }

  int size() {
    return name.octets().length + value.length + OVERHEAD;
  }

  static boolean wellFormed(byte[] bytes, int offset, int length) {
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      if (!Characters.value(bytes[i])) {
        return false;
      }
    }
    return length == 0 || (!blank(bytes[offset]) && !blank(bytes[end - 1]));
  }

  private static boolean blank(byte b) {
    return b == ' ' || b == '\t';
  }
}
