package dev.postern.proxy.hpack;

import java.util.Arrays;

/// The last value of a name of the static table that was sent without being put into the other
/// table, as it came and as it was decoded: a peer that keeps nothing in its table, as nginx does,
/// says the same again and again.
final class RepeatedValue {
  /// What is longer is not kept: octets of a string (RFC 7541 5.2) with its length.
  private static final int LONGEST = 64;

  private static final byte[] NONE = new byte[0];

  private byte[] coded = NONE;
  private byte[] value = NONE;

  /// Whether the same string stands there.
  boolean standsAt(byte[] in, int at, int end) {
    int length = coded.length;
    return length > 0 && length <= end - at && Arrays.equals(in, at, at + length, coded, 0, length);
  }

  /// Of the string as it came, its length included.
  int codedLength() {
    return coded.length;
  }

  /// Decoded.
  byte[] value() {
    return value;
  }

  /// Keeps another, if it is not too long.
  void keep(byte[] in, int from, int to, byte[] decoded, int start, int length) {
    if (to - from > LONGEST) {
      coded = NONE;
      value = NONE;
      return;
    }
    coded = copied(in, from, to - from, coded);
    value = copied(decoded, start, length, value);
  }

  private static byte[] copied(byte[] from, int start, int length, byte[] before) {
    byte[] to = before.length == length ? before : new byte[length];
    System.arraycopy(from, start, to, 0, length);
    return to;
  }
}
