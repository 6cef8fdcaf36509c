package dev.postern.proxy.exchange;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.WeightedBackend;
import dev.postern.proxy.upstream.ClusterEntry;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A [ForwardOptions.RequestMirror] made ready.
///
/// @param secureCluster for clients that came by TLS; mostly the same
record Mirror(ClusterEntry cluster, ClusterEntry secureCluster, int numerator, int denominator) {

  /// Those of a route that can ever get anything.
  static List<Mirror> of(ForwardOptions options, Function<String, ClusterEntry> clusters) {
    return options.mirrors().stream()
        .map(mirror -> of(mirror, clusters))
        .filter(Objects::nonNull)
        .toList();
  }

  private static @Nullable Mirror of(
      ForwardOptions.RequestMirror mirror, Function<String, ClusterEntry> clusters) {
    int of = mirror.numerator();
    int all = mirror.denominator();
    return of <= 0
        ? null
        : switch (mirror.destination()) {
          case WeightedBackend.Destination.Respond _ -> null;
          case WeightedBackend.Destination.ToCluster(String name) -> {
            ClusterEntry entry = clusters.apply(name);
            yield new Mirror(entry, entry, of, all);
          }
          case WeightedBackend.Destination.ToClusterByScheme(String http, String https) ->
              new Mirror(clusters.apply(http), clusters.apply(https), of, all);
        };
  }

  /// For a client that came by TLS, or not.
  ClusterEntry cluster(boolean tls) {
    return tls ? secureCluster : cluster;
  }

  /// Whether a request belongs to its share.
  boolean draws(RandomGenerator random) {
    return numerator >= denominator || random.nextInt(denominator) < numerator;
  }
}
