package dev.postern.proxy.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How names are resolved.
///
/// @param nameServers in place of the system's, each asked when the one before it failed; empty for
///   the system's
/// @param searchDomains in place of the system's
/// @param shortest an answer is kept at least this long, whatever its time to live
/// @param longest and at most this long
/// @param retry after a failure
record DnsSettings(
    List<InetSocketAddress> nameServers,
    Optional<List<String>> searchDomains,
    Duration shortest,
    Duration longest,
    Duration retry) {

  static final DnsSettings SYSTEM =
      new DnsSettings(
          List.of(),
          Optional.empty(),
          Duration.ofSeconds(1),
          Duration.ofHours(1),
          Duration.ofSeconds(5));
}
