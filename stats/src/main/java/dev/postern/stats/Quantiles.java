package dev.postern.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a [Histogram] says about its quantiles at one moment: estimates, as a value is known to
/// within its bucket only.
final class Quantiles {
  /// In percent, the ones that Envoy prints.
  static final double[] PERCENT = {0, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 100};

  private final double[] bounds = Histogram.bounds();
  private final long[] counts;
  private final long total;

  Quantiles(Histogram histogram) {
    counts = histogram.counts();
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    total = sum;
  }

  boolean isEmpty() {
    return total == 0;
  }

  long total() {
    return total;
  }

  /// One estimate for each of [#PERCENT], in milliseconds; none for an empty histogram.
  List<Double> values() {
    List<Double> values = new ArrayList<>();
    if (!isEmpty()) {
      for (double percent : PERCENT) {
        values.add(value(percent / 100));
      }
    }
    return values;
  }

  private double value(double quantile) {
    double rank = quantile * total;
    long below = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0 && below + counts[i] >= rank) {
        double from = i == 0 ? 0 : bounds[i - 1];
        double to = i < bounds.length ? bounds[i] : from;
        return from + (to - from) * (rank - below) / counts[i];
      }
      below += counts[i];
    }
    return bounds[bounds.length - 1];
  }

  /// Short decimal text: `0.5`, `10`, `2.125`, at most three digits after the point.
  static String text(double number) {
    if (number == Math.rint(number)) {
      return Long.toString((long) number);
    }
    String text = String.format(Locale.ROOT, "%.3f", number);
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
  }
}
