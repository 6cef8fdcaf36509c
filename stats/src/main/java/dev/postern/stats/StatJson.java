package dev.postern.stats;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/// Envoy's JSON: `{"stats":[{"name":..,"value":..},..,{"histograms":..}]}`. A quantile's `interval`
/// is always null, because no interval is kept.
public final class StatJson {
  private StatJson() {}

  /// The text in pieces, one for each group, made as they are asked for.
  public static Iterator<String> pieces(StatStore store, StatFilter filter) {
    List<Iterator<String>> parts =
        List.of(
            List.of("{\"stats\":[").iterator(),
            Pieces.of(store.groups().iterator(), group -> numbers(group, filter)),
            List.of(histogramsHead()).iterator(),
            commaSeparated(
                Pieces.of(store.groups().iterator(), group -> histograms(group, filter))),
            List.of("]}}]}\n").iterator());
    return new Pieces<>(parts.iterator(), part -> part);
  }

  /// Each number ends with a comma: the histograms' object always follows.
  private static String numbers(StatGroup group, StatFilter filter) {
    StringBuilder out = new StringBuilder();
    for (Map.Entry<String, Long> number : group.numbers().entrySet()) {
      String name = group.prefix() + "." + number.getKey();
      if (filter.takes(name, number.getValue())) {
        out.append("{\"name\":");
        quote(name, out);
        out.append(",\"value\":").append(number.getValue()).append("},\n");
      }
    }
    return out.toString();
  }

  private static String histogramsHead() {
    String supported =
        DoubleStream.of(Quantiles.PERCENT)
            .mapToObj(Quantiles::text)
            .collect(Collectors.joining(","));
    return "{\"histograms\":{\"supported_quantiles\":[" + supported + "],\"computed_quantiles\":[";
  }

  private static String histograms(StatGroup group, StatFilter filter) {
    List<String> found = new ArrayList<>();
    for (Map.Entry<String, Histogram> histogram : group.histograms().entrySet()) {
      String name = group.prefix() + "." + histogram.getKey();
      Quantiles quantiles = new Quantiles(histogram.getValue());
      if (filter.takes(name, quantiles.total())) {
        StringBuilder out = new StringBuilder("{\"name\":");
        quote(name, out);
        String values =
            quantiles.values().stream()
                .map(value -> "{\"interval\":null,\"cumulative\":" + Quantiles.text(value) + "}")
                .collect(Collectors.joining(","));
        found.add(out.append(",\"values\":[").append(values).append("]}").toString());
      }
    }
    return String.join(",\n", found);
  }

  private static Iterator<String> commaSeparated(Iterator<String> pieces) {
    return new Iterator<>() {
      private boolean first = true;

      @Override
      public boolean hasNext() {
        return pieces.hasNext();
      }

      @Override
      public String next() {
        String piece = first ? pieces.next() : ",\n" + pieces.next();
        first = false;
        return piece;
      }
    };
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
