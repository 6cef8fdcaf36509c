package dev.postern.stats;

import java.util.function.Predicate;

/// Which stats to print.
///
/// @param names judges a whole name, such as `cluster.kube_default_nginx_8443.upstream_cx_total`
/// @param usedOnly leaves out what is 0, and histograms without a value
public record StatFilter(Predicate<String> names, boolean usedOnly) {
  /// Everything.
  public static final StatFilter ALL = new StatFilter(_ -> true, false);

  boolean takes(String name, long value) {
    return !(usedOnly && value == 0) && names.test(name);
  }
}
