package dev.postern.proxy.hpack;

import java.util.Arrays;

/// The last value of a name of the static table that was sent without being put into the other
/// table, as it came and as it was decoded: a peer that keeps nothing in its table, as nginx does,
/// says the same again and again.
final class RepeatedValue {
  /// What is longer is not kept: octets of a string (RFC 7541 5.2) with its length.
  private static final int LONGEST = 64;

  private final byte[] coded = new byte[LONGEST];
  private int codedLength;
  private byte[] value = new byte[0];

  /// Whether the same string stands there.
  boolean standsAt(byte[] in, int at, int end) {
    return codedLength > 0
        && codedLength <= end - at
        && Arrays.equals(in, at, at + codedLength, coded, 0, codedLength);
  }

  /// Of the string as it came, its length included.
  int codedLength() {
    return codedLength;
  }

  /// Decoded.
  byte[] value() {
    return value;
  }

  /// Keeps another, if it is not too long.
  void keep(byte[] in, int from, int to, byte[] decoded, int start, int length) {
    codedLength = 0;
    if (to - from > LONGEST) {
      return;
    }
    System.arraycopy(in, from, coded, 0, to - from);
    if (value.length != length) {
      value = new byte[length];
    }
    System.arraycopy(decoded, start, value, 0, length);
    codedLength = to - from;
  }
}
