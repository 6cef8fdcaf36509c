package dev.postern.gatewayapi.load;

/// What Go's net.ParseIP takes: dotted IPv4 without leading zeros, IPv6 without a zone.
final class IpAddresses {
  private IpAddresses() {}

  static boolean isAddress(String text) {
    return isV4(text) || isV6(text);
  }

  static boolean isV4(String text) {
    return isV4(text, 0);
  }

  private static boolean isV4(String text, int from) {
    int parts = 0;
    int i = from;
    while (parts < 4) {
      int start = i;
      int value = 0;
      while (i < text.length() && i - start < 3 && isDigit(text.charAt(i))) {
        value = value * 10 + (text.charAt(i) - '0');
        i++;
      }
      if (i == start || value > 255 || (i - start > 1 && text.charAt(start) == '0')) {
        return false;
      }
      parts++;
      if (parts < 4) {
        if (i >= text.length() || text.charAt(i) != '.') {
          return false;
        }
        i++;
      }
    }
    return i == text.length();
  }

  static boolean isV6(String text) {
    int groups = 0;
    boolean gap = false;
    int i = 0;
    if (text.startsWith("::")) {
      gap = true;
      i = 2;
      if (i == text.length()) {
        return true;
      }
    }
    while (i < text.length()) {
      int start = i;
      while (i < text.length()
          && i - start < 5
          && Character.digit(text.charAt(i), 16) >= 0
          && text.charAt(i) < 128) {
        i++;
      }
      if (i < text.length() && text.charAt(i) == '.') {
        groups += 2;
        return isV4(text, start) && (gap ? groups < 8 : groups == 8);
      }
      if (i == start || i - start > 4 || ++groups > 8) {
        return false;
      }
      if (i == text.length()) {
        break;
      }
      if (text.charAt(i++) != ':' || i == text.length()) {
        return false;
      }
      if (text.charAt(i) == ':') {
        if (gap) {
          return false;
        }
        gap = true;
        i++;
      }
    }
    return gap ? groups < 8 : groups == 8;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
