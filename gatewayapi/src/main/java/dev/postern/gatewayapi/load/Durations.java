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
}
