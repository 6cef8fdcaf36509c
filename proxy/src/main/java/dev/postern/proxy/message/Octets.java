package dev.postern.proxy.message;

import java.nio.charset.StandardCharsets;

/// Comparisons and numbers on octets.
public final class Octets {
  private Octets() {}

  /// The octets of ASCII text.
  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// An ASCII letter in lower case; everything else as it is.
  public static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }

  /// Whether `bytes` from `offset` is `lowerCase` in any letter case; it must reach that far.
  public static boolean equalsIgnoreCase(byte[] bytes, int offset, byte[] lowerCase, int length) {
    for (int i = 0; i < length; i++) {
      if (lower(bytes[offset + i]) != lowerCase[i]) {
        return false;
      }
    }
    return true;
  }

  /// Reads a number of digits alone.
  ///
  /// @return -1 when it is empty, has another character, or more than 18 digits
  public static long decimal(byte[] bytes, int offset, int length) {
    if (length == 0 || length > 18) {
      return -1;
    }
    long value = 0;
    for (int i = offset; i < offset + length; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /// Writes a number that is not negative; returns the offset behind it.
  public static int writeDecimal(byte[] to, int offset, long value) {
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int i = offset + digits - 1; i >= offset; i--) {
      to[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return offset + digits;
  }
}
