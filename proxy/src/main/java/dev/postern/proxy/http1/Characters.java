package dev.postern.proxy.http1;

/// Which octets may stand where (RFC 9110 5.6.2, 5.5; RFC 3986).
public final class Characters {
  /// For a token's octet the same in lower case, else 0.
  static final byte[] LOWER_TOKEN = new byte[256];

  /// For a token's octet the same, else 0.
  static final byte[] TOKEN = new byte[256];

  /// Whether an octet may stand in a field value.
  static final boolean[] VALUE = new boolean[256];

  /// Whether an octet may stand in a request target.
  static final boolean[] TARGET = new boolean[256];

  /// Whether an octet may stand in a Host.
  static final boolean[] HOST = new boolean[256];

  static {
    for (int c = '!'; c <= '~'; c++) {
      boolean letterOrDigit =
          (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (letterOrDigit || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        TOKEN[c] = (byte) c;
        LOWER_TOKEN[c] = (byte) (c >= 'A' && c <= 'Z' ? c + 32 : c);
      }
      TARGET[c] = c != '#';
      HOST[c] = letterOrDigit || "-._~!$&'()*+,;=:[]%".indexOf(c) >= 0;
    }
    for (int c = 0; c < 256; c++) {
      VALUE[c] = c == '\t' || (c >= ' ' && c != 0x7f);
    }
  }

  private Characters() {}

  /// Whether an octet may stand in a method.
  public static boolean token(byte b) {
    return TOKEN[b & 0xff] != 0;
  }

  /// Whether an octet may stand in a field name in lower case.
  public static boolean lowerToken(byte b) {
    return LOWER_TOKEN[b & 0xff] == b && b != 0;
  }

  /// Whether an octet may stand in a field value.
  public static boolean value(byte b) {
    return VALUE[b & 0xff];
  }

  /// Whether an octet may stand in a request target.
  public static boolean target(byte b) {
    return TARGET[b & 0xff];
  }

  /// Whether an octet may stand in a Host.
  public static boolean host(byte b) {
    return HOST[b & 0xff];
  }
}
