package dev.postern.gatewayapi.load;

import java.math.BigDecimal;

/// Numbers as go-yaml 2 reads them: decimal, `0x`, `0o`, `0b`, a leading 0 for octal, `_` between
/// digits, decimals with an exponent, `.inf` and `.nan`.
final class Numbers {
  private Numbers() {}

  /// INTEGER, DECIMAL or TEXT.
  static ScalarType typeOf(String text) {
    boolean digitsOnly = true;
    int start = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    for (int i = start; i < text.length() && digitsOnly; i++) {
      char c = text.charAt(i);
      digitsOnly = c >= '0' && c <= '9';
    }
    if (digitsOnly && text.length() > start) {
      // Go reads 010 as 8 and 089 as the decimal number 89.
      return text.length() - start <= 18 ? ScalarType.INTEGER : ScalarType.DECIMAL;
    }
    if (integer(text) != null) {
      return ScalarType.INTEGER;
    }
    return isDecimal(text) || isSpecial(text) ? ScalarType.DECIMAL : ScalarType.TEXT;
  }

  /// The value of a text that [#typeOf] calls a number; a fraction or what does not fit gives
  /// [Long#MIN_VALUE], which no field allows.
  static long parse(String text) {
    Long integer = integer(text);
    if (integer != null) {
      return integer;
    }
    if (!isDecimal(text) || text.length() > 64) {
      return Long.MIN_VALUE;
    }
    try {
      BigDecimal decimal = new BigDecimal(text);
      // The exponent is a person's: 1e999999999 must not become a number with that many digits.
      return Math.abs((long) decimal.scale()) > 40 ? Long.MIN_VALUE : decimal.longValueExact();
    } catch (NumberFormatException e) {
      return Long.MIN_VALUE;
    } catch (ArithmeticException e) {
      return Long.MIN_VALUE;
    }
  }

  @SuppressWarnings("NullAway") // null means: not an integer
  private static Long integer(String written) {
    String text = written.indexOf('_') > 0 ? written.replace("_", "") : written;
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    int radix = 10;
    if (digits.length() > 1 && digits.charAt(0) == '0') {
      char mark = Character.toLowerCase(digits.charAt(1));
      radix = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
      digits = digits.substring(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
    }
    if (digits.isEmpty() || !Character.isLetterOrDigit(digits.charAt(0))) {
      return null;
    }
    // Addresses and versions begin as numbers do; an exception for each of them is dear.
    for (int i = 1; i < digits.length(); i++) {
      if (Character.digit(digits.charAt(i), radix) < 0) {
        return null;
      }
    }
    try {
      long value = Long.parseLong(digits, radix);
      return negative ? -value : value;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean isDecimal(String text) {
    int i = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    int digits = 0;
    while (i < text.length() && isDigit(text.charAt(i))) {
      i++;
      digits++;
    }
    if (i < text.length() && text.charAt(i) == '.') {
      i++;
      while (i < text.length() && isDigit(text.charAt(i))) {
        i++;
        digits++;
      }
    }
    if (digits == 0) {
      return false;
    }
    if (i < text.length() && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      i++;
      if (i < text.length() && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
        i++;
      }
      int from = i;
      while (i < text.length() && isDigit(text.charAt(i))) {
        i++;
      }
      if (i == from) {
        return false;
      }
    }
    return i == text.length();
  }

  private static boolean isSpecial(String text) {
    String bare = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    return switch (bare) {
      case ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN" -> true;
      default -> false;
    };
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
