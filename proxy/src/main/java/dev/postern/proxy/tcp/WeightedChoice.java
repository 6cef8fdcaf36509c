package dev.postern.proxy.tcp;

import dev.postern.ir.NetworkFilter.WeightedCluster;
import java.util.List;
import java.util.random.RandomGenerator;

/// Draws one of several clusters by their weights.
public final class WeightedChoice {
  private WeightedChoice() {}

  /// @return a cluster's name; empty for nowhere
  public static String among(List<WeightedCluster> clusters, RandomGenerator random) {
    long sum = 0;
    for (WeightedCluster cluster : clusters) {
      sum += cluster.weight();
    }
    long point = sum == 0 ? -1 : random.nextLong(sum);
    for (WeightedCluster cluster : clusters) {
      point -= cluster.weight();
      if (point < 0 && sum > 0) {
        return cluster.cluster();
      }
    }
    return "";
  }
}
