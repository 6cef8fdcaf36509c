package dev.postern.stats;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// A distribution in the buckets that Envoy uses by default for milliseconds.
public final class Histogram {
  /// The upper bounds, in milliseconds; one more bucket takes what is larger.
  private static final double[] BOUNDS = {
    0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000,
    600_000, 1_800_000, 3_600_000
  };

  private final AtomicLongArray buckets = new AtomicLongArray(BOUNDS.length + 1);
  private final LongAdder sum = new LongAdder();

  /// The upper bounds of the buckets but for the last, which has none.
  public static double[] bounds() {
    return BOUNDS.clone();
  }

  /// Counts one value, in milliseconds.
  public void record(long value) {
    int i = 0;
    while (i < BOUNDS.length && value > BOUNDS[i]) {
      i++;
    }
    buckets.incrementAndGet(i);
    sum.add(value);
  }

  /// How many values fell in bucket `i`.
  public long count(int i) {
    return buckets.get(i);
  }

  /// All buckets' counts.
  long[] counts() {
    long[] counts = new long[buckets.length()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = buckets.get(i);
    }
    return counts;
  }

  /// The sum of all values.
  public long sum() {
    return sum.sum();
  }
}
