package dev.postern.app.cli;

import java.time.Duration;
import java.util.Locale;

/// Durations as the Gateway API writes them (GEP-2257): `1h`, `30s`, `1m30s`, `500ms`.
final class DurationText {
  private static final int MOST_DIGITS = 5;

  private DurationText() {}

  /// @throws CommandFailure for anything else
  static Duration parse(String option, String text) {
    Duration sum = Duration.ZERO;
    int at = 0;
    do {
      int unit = at;
      while (unit < text.length() && Character.isDigit(text.charAt(unit))) {
        unit++;
      }
      int end = unit;
      while (end < text.length() && !Character.isDigit(text.charAt(end))) {
        end++;
      }
      if (unit == at || unit - at > MOST_DIGITS) {
        throw wrong(option, text);
      }
      long count = Long.parseLong(text.substring(at, unit), 10);
      sum =
          sum.plus(
              switch (text.substring(unit, end)) {
                case "h" -> Duration.ofHours(count);
                case "m" -> Duration.ofMinutes(count);
                case "s" -> Duration.ofSeconds(count);
                case "ms" -> Duration.ofMillis(count);
                default -> throw wrong(option, text);
              });
      at = end;
    } while (at < text.length());
    return sum;
  }

  private static CommandFailure wrong(String option, String text) {
    return CommandFailure.misused(
        option + " takes a duration such as 30s, 500ms or 1m30s, not '" + text + "'");
  }

  /// The shortest way to write it.
  static String of(Duration duration) {
    return duration.isZero() ? "0s" : duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
