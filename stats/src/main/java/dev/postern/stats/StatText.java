package dev.postern.stats;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// Envoy's text format: `name: value`, a line each. Counters and gauges come first, histograms last
/// as `name: P0(nan,1) P25(nan,3) ... P100(nan,10)`; where Envoy has the quantile of the last
/// interval there is `nan`, because no interval is kept.
public final class StatText {
  private StatText() {}

  /// The text in pieces, one for each group, made as they are asked for.
  public static Iterator<String> pieces(StatStore store, StatFilter filter) {
    List<Iterator<String>> parts =
        List.of(
            Pieces.of(store.groups().iterator(), group -> numbers(group, filter)),
            Pieces.of(store.groups().iterator(), group -> histograms(group, filter)));
    return new Pieces<>(parts.iterator(), part -> part);
  }

  private static String numbers(StatGroup group, StatFilter filter) {
    StringBuilder out = new StringBuilder();
    for (Map.Entry<String, Long> number : group.numbers().entrySet()) {
      String name = group.prefix() + "." + number.getKey();
      if (filter.takes(name, number.getValue())) {
        out.append(name).append(": ").append(number.getValue()).append('\n');
      }
    }
    return out.toString();
  }

  private static String histograms(StatGroup group, StatFilter filter) {
    StringBuilder out = new StringBuilder();
    for (Map.Entry<String, Histogram> histogram : group.histograms().entrySet()) {
      String name = group.prefix() + "." + histogram.getKey();
      Quantiles quantiles = new Quantiles(histogram.getValue());
      if (filter.takes(name, quantiles.total())) {
        out.append(name).append(": ").append(text(quantiles)).append('\n');
      }
    }
    return out.toString();
  }

  private static String text(Quantiles quantiles) {
    if (quantiles.isEmpty()) {
      return "No recorded values";
    }
    List<String> words = new ArrayList<>();
    List<Double> values = quantiles.values();
    for (int i = 0; i < values.size(); i++) {
      words.add(
          "P%s(nan,%s)"
              .formatted(Quantiles.text(Quantiles.PERCENT[i]), Quantiles.text(values.get(i))));
    }
    return String.join(" ", words);
  }
}
