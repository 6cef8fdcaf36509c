package dev.postern.stats;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// Prometheus' text format with Envoy's names: `envoy_` in front, and cluster, listener, response
/// code, TLS version and the like as labels.
///
/// The format wants all lines of a name together, while a group holds many names. So the families
/// are sorted out first (references, no text) and then printed group by group.
public final class StatPrometheus {
  private static final double[] BOUNDS = Histogram.bounds();

  private final StatFilter filter;
  private final TreeMap<String, Family> families = new TreeMap<>();

  private StatPrometheus(StatFilter filter) {
    this.filter = filter;
  }

  /// The text in small pieces, made as they are asked for.
  public static Iterator<String> pieces(StatStore store, StatFilter filter) {
    StatPrometheus prometheus = new StatPrometheus(filter);
    prometheus.sortOut(store);
    return new Pieces<>(prometheus.families.values().iterator(), Family::pieces);
  }

  /// A group and the part of its names that its prefix decides.
  private record Member(StatGroup group, StatTags tags) {}

  private record Batch(String family, StatSchema schema) {}

  /// Prints the lines of one source; none where the filter does not take them.
  private interface Source {
    Iterator<String> pieces();
  }

  private record Family(String name, String type, List<Source> sources) {
    Iterator<String> pieces() {
      Iterator<String> lines = new Pieces<>(sources.iterator(), Source::pieces);
      if (!lines.hasNext()) {
        return lines;
      }
      String head = "# TYPE " + name + " " + type + "\n";
      return new Pieces<>(List.of(List.of(head).iterator(), lines).iterator(), part -> part);
    }
  }

  private void sortOut(StatStore store) {
    Map<Batch, List<Member>> batches = new LinkedHashMap<>();
    for (StatGroup group : store.groups()) {
      StatTags tags = StatTags.ofPrefix(group.prefix());
      Member member = new Member(group, tags);
      batches
          .computeIfAbsent(new Batch(tags.family(), group.schema()), _ -> new ArrayList<>())
          .add(member);
      group.named().forEach((name, counter) -> addNamed(member, name, counter));
      group.histograms().forEach((name, histogram) -> addHistogram(member, name, histogram));
    }
    batches.forEach(this::addSchema);
  }

  private void addSchema(Batch batch, List<Member> members) {
    List<StatSchema.Stat> stats = batch.schema.stats();
    for (int i = 0; i < stats.size(); i++) {
      int index = i;
      String name = stats.get(i).name();
      StatTags tags = StatTags.ofName(name);
      Family family =
          family(batch.family, tags, stats.get(i).type().name().toLowerCase(Locale.ROOT));
      family.sources.add(() ->
          Pieces.of(
              members.iterator(),
              member -> line(family, member, tags, name, member.group.value(index))));
    }
  }

  private void addNamed(Member member, String name, LongAdder counter) {
    StatTags tags = StatTags.ofName(name);
    Family family = family(member.tags.family(), tags, "counter");
    family.sources.add(() -> List.of(line(family, member, tags, name, counter.sum())).iterator());
  }

  private void addHistogram(Member member, String name, Histogram histogram) {
    StatTags tags = StatTags.ofName(name);
    Family family = family(member.tags.family(), tags, "histogram");
    family.sources.add(() -> List.of(lines(family, member, tags, name, histogram)).iterator());
  }

  private Family family(String prefix, StatTags tags, String type) {
    String name = "envoy_" + clean(prefix + "." + tags.family());
    return families.computeIfAbsent(name, _ -> new Family(name, type, new ArrayList<>()));
  }

  private String line(Family family, Member member, StatTags tags, String name, long value) {
    if (!filter.takes(member.group.prefix() + "." + name, value)) {
      return "";
    }
    return family.name + labels(tags.labels(), member.tags.labels(), "") + " " + value + "\n";
  }

  private String lines(
      Family family, Member member, StatTags tags, String name, Histogram histogram) {
    long[] counts = histogram.counts();
    long total = 0;
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < counts.length; i++) {
      total += counts[i];
      String bound = i < BOUNDS.length ? Quantiles.text(BOUNDS[i]) : "+Inf";
      out.append(family.name)
          .append("_bucket")
          .append(labels(tags.labels(), member.tags.labels(), "le=\"" + bound + "\""))
          .append(' ')
          .append(total)
          .append('\n');
    }
    if (!filter.takes(member.group.prefix() + "." + name, total)) {
      return "";
    }
    String labels = labels(tags.labels(), member.tags.labels(), "");
    out.append(family.name).append("_sum").append(labels).append(' ').append(histogram.sum());
    out.append('\n');
    out.append(family.name).append("_count").append(labels).append(' ').append(total);
    return out.append('\n').toString();
  }

  private static String labels(String first, String second, String third) {
    StringBuilder out = new StringBuilder();
    for (String label : List.of(first, second, third)) {
      if (!label.isEmpty()) {
        out.append(out.isEmpty() ? '{' : ',').append(label);
      }
    }
    return out.isEmpty() ? "" : out.append('}').toString();
  }

  /// What Prometheus allows in a name: letters, digits, `_` and `:`.
  private static String clean(String name) {
    StringBuilder out = new StringBuilder(name);
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':';
      if (!allowed) {
        out.setCharAt(i, '_');
      }
    }
    return out.toString();
  }
}
