package dev.postern.gatewayapi.load;

/// Durations as GEP-2257 writes them: one to four whole numbers of up to five digits, each with h,
/// m, s or ms.
final class Durations {
  private Durations() {}

  /// Milliseconds, or -1 for a text that is not such a duration.
  static long parse(String text) {
    long total = 0;
    int parts = 0;
    int i = 0;
    while (i < text.length()) {
      int from = i;
      long number = 0;
      while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9' && i - from < 6) {
        number = number * 10 + (text.charAt(i) - '0');
        i++;
      }
      if (i == from || i - from > 5 || i == text.length()) {
        return -1;
      }
      char unit = text.charAt(i++);
      boolean milli = unit == 'm' && i < text.length() && text.charAt(i) == 's';
      if (milli) {
        i++;
      }
      long factor =
          switch (unit) {
            case 'h' -> 3_600_000L;
            case 'm' -> milli ? 1L : 60_000L;
            case 's' -> 1_000L;
            default -> -1L;
          };
      if (factor < 0 || ++parts > 4) {
        return -1;
      }
      total += number * factor;
    }
    return parts == 0 ? -1 : total;
  }

  /// Milliseconds of a duration as Go writes it, with fractions, or -1 for a text that is not one.
  static long parseGo(String text) {
    double total = 0;
    int i = 0;
    while (i < text.length()) {
      int from = i;
      while (i < text.length() && (Character.digit(text.charAt(i), 10) >= 0 || isPoint(text, i))) {
        i++;
      }
      String number = text.substring(from, i);
      if (number.isEmpty() || number.length() > 18 || i == text.length()) {
        return -1;
      }
      boolean milli = text.startsWith("ms", i);
      double factor =
          switch (text.charAt(i)) {
            case 'h' -> 3_600_000;
            case 'm' -> milli ? 1 : 60_000;
            case 's' -> 1_000;
            default -> -1;
          };
      i += milli ? 2 : 1;
      if (factor < 0 || !isDecimal(number)) {
        return -1;
      }
      total += Double.parseDouble(number) * factor;
    }
    return text.isEmpty() || total > Long.MAX_VALUE / 2.0 ? -1 : (long) total;
  }

  private static boolean isPoint(String text, int i) {
    return text.charAt(i) == '.';
  }

  private static boolean isDecimal(String number) {
    int point = number.indexOf('.');
    return point != 0
        && point != number.length() - 1
        && point == number.lastIndexOf('.')
        && number.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }
}
