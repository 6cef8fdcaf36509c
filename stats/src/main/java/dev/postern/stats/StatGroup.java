package dev.postern.stats;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The stats of one object, such as `cluster.kube_default_nginx_8443`.
public final class StatGroup {
  private final String prefix;
  private final StatSchema schema;
  private final AtomicReferenceArray<@Nullable StatCells> workers;
  private final Map<String, LongAdder> named = new ConcurrentHashMap<>(0);
  private final Map<String, Histogram> histograms = new ConcurrentHashMap<>(0);
  private final Map<Integer, LongSupplier> derived = new ConcurrentHashMap<>(0);

  StatGroup(String prefix, StatSchema schema, int workerCount) {
    this.prefix = prefix;
    this.schema = schema;
    this.workers = new AtomicReferenceArray<>(workerCount);
  }

  /// The front of every name, without the last dot.
  public String prefix() {
    return prefix;
  }

  /// The names that every such group has.
  public StatSchema schema() {
    return schema;
  }

  /// The cells of one worker: get them once, keep them.
  ///
  /// @param worker 0 to the store's worker count less one
  public StatCells worker(int worker) {
    StatCells cells = workers.get(worker);
    if (cells == null) {
      StatCells made = new StatCells(schema.stats().size());
      cells = workers.compareAndSet(worker, null, made) ? made : workers.get(worker);
    }
    if (cells == null) {
      throw new IllegalStateException("cells are never taken away");
    }
    return cells;
  }

  /// A counter whose name is known only at run time, such as `ssl.versions.TLSv1.3`. From any
  /// thread; not for every request.
  public LongAdder named(String name) {
    return named.computeIfAbsent(name, _ -> new LongAdder());
  }

  /// A histogram such as `upstream_rq_time`: get it once, keep it. From any thread.
  public Histogram histogram(String name) {
    return histograms.computeIfAbsent(name, _ -> new Histogram());
  }

  /// From now on that gauge is not counted but asked for, when somebody reads it.
  public void derive(int stat, LongSupplier value) {
    derived.put(stat, value);
  }

  /// The sum over all workers, or what is derived.
  public long value(int stat) {
    LongSupplier asked = derived.get(stat);
    if (asked != null) {
      return asked.getAsLong();
    }
    long sum = 0;
    for (int i = 0; i < workers.length(); i++) {
      StatCells cells = workers.get(i);
      if (cells != null) {
        sum += cells.get(stat);
      }
    }
    return sum;
  }

  /// All counters and gauges, sorted by name.
  public SortedMap<String, Long> numbers() {
    TreeMap<String, Long> numbers = new TreeMap<>();
    for (int i = 0; i < schema.stats().size(); i++) {
      numbers.put(schema.stats().get(i).name(), value(i));
    }
    named.forEach((name, counter) -> numbers.put(name, counter.sum()));
    return numbers;
  }

  /// The counters made by [#named], sorted by name.
  public Map<String, LongAdder> named() {
    return Collections.unmodifiableMap(new TreeMap<>(named));
  }

  /// The histograms, sorted by name.
  public Map<String, Histogram> histograms() {
    return Collections.unmodifiableMap(new TreeMap<>(histograms));
  }
}
