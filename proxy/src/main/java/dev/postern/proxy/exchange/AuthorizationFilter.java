package dev.postern.proxy.exchange;

import dev.postern.ir.HttpFilters.ExternalAuthorization;
import dev.postern.ir.WeightedBackend.Destination;
import dev.postern.proxy.authorization.Authorizer;
import dev.postern.proxy.upstream.ClusterEntry;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// An [ExternalAuthorization] made ready.
///
/// @param cluster who is asked; null where nobody can be: then every request is refused
/// @param secureCluster for clients that came by TLS; mostly the same
/// @param status of a refusal without asking
record AuthorizationFilter(
    Authorizer authorizer,
    int maxBodyOctets,
    @Nullable ClusterEntry cluster,
    @Nullable ClusterEntry secureCluster,
    int status,
    byte[] body) {
  private static final byte[] NOTHING = {};

  static AuthorizationFilter of(
      ExternalAuthorization filter, Function<String, ClusterEntry> clusters) {
    Authorizer how = Authorizer.of(filter);
    int most = filter.maxBodyOctets();
    return switch (filter.destination()) {
      case Destination.ToCluster(String name) -> {
        ClusterEntry entry = clusters.apply(name);
        yield new AuthorizationFilter(how, most, entry, entry, 0, NOTHING);
      }
      case Destination.ToClusterByScheme(String http, String https) ->
          new AuthorizationFilter(
              how, most, clusters.apply(http), clusters.apply(https), 0, NOTHING);
      case Destination.Respond(int status, String body) ->
          new AuthorizationFilter(
              how, most, null, null, status, body.getBytes(StandardCharsets.UTF_8));
    };
  }

  /// For a client that came by TLS, or not.
  @Nullable ClusterEntry cluster(boolean tls) {
    return tls ? secureCluster : cluster;
  }
}
