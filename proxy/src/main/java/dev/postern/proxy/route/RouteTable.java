package dev.postern.proxy.route;

import dev.postern.ir.Route;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.VirtualHost;
import dev.postern.proxy.message.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A route configuration, compiled. Immutable; any thread may ask.
///
/// The virtual host is chosen by the request's host without its port, octet by octet: the exact
/// name, else the longest `*.suffix` (one label or more before it), else `*`. As in Envoy, a
/// request that no route of the chosen virtual host takes does not fall to a less specific one.
///
/// @param <T> what a route is compiled to
public final class RouteTable<T> {
  /// In the configuration's order.
  private final List<Domain> domains;

  private final OctetTable<Domain> exact;
  private final OctetTable<Domain> suffixes;
  private final @Nullable Domain everything;

  private RouteTable(List<Domain> domains) {
    List<Domain> exactOnes = new ArrayList<>(domains.size());
    List<Domain> suffixOnes = new ArrayList<>();
    Domain any = null;
    for (Domain domain : domains) {
      switch (domain.kind) {
        case EXACT -> exactOnes.add(domain);
        case SUFFIX -> suffixOnes.add(domain);
        case EVERYTHING -> any = any == null ? domain : any;
      }
    }
    this.domains = domains;
    this.exact = new OctetTable<>(exactOnes);
    this.suffixes = new OctetTable<>(suffixOnes);
    this.everything = any;
  }

  /// Compiles.
  ///
  /// @param previous virtual hosts that are the same instance in this earlier table are taken over
  ///   as they were compiled, with what `action` gave for them then
  /// @param action asked once for each route that is compiled; never null
  /// @throws IllegalArgumentException a regular expression is not RE2: translation lets none pass
  public static <T> RouteTable<T> compile(
      RouteConfiguration configuration,
      @Nullable RouteTable<T> previous,
      Function<Route, T> action) {
    List<VirtualHost> hosts = configuration.virtualHosts();
    List<Domain> domains = new ArrayList<>(hosts.size());
    for (int i = 0; i < hosts.size(); i++) {
      VirtualHost host = hosts.get(i);
      Domain same = previous == null ? null : previous.compiled(host, i);
      domains.add(same == null ? new Domain(host, action) : same);
    }
    return new RouteTable<>(domains);
  }

  /// What the request's route was compiled to; null when none takes it.
  @SuppressWarnings("unchecked") // compile() put only T in
  public @Nullable T match(RequestHead head) {
    Domain domain = domain(head.bytes(), head.hostOffset(), head.hostLength());
    if (domain == null) {
      return null;
    }
    Candidate found = domain.routes.match(head);
    return found == null ? null : (T) found.action;
  }

  private @Nullable Domain domain(byte[] bytes, int offset, int length) {
    Domain found = everything;
    int hash = OctetHash.EMPTY;
    boolean wild = !suffixes.isEmpty();
    for (int i = offset + length - 1; i >= offset; i--) {
      byte octet = bytes[i];
      hash = OctetHash.step(hash, octet);
      if (wild && octet == '.' && i > offset) {
        Domain longer = suffixes.find(hash, bytes, i, offset + length - i);
        found = longer == null ? found : longer;
      }
    }
    Domain same = exact.find(hash, bytes, offset, length);
    return same == null ? found : same;
  }

  /// This virtual host, if it was compiled for this table. Mostly it still stands where it stood.
  private @Nullable Domain compiled(VirtualHost host, int index) {
    if (index < domains.size() && domains.get(index).isOf(host)) {
      return domains.get(index);
    }
    byte[] key = Domain.key(host.domain());
    Domain found =
        switch (Domain.Kind.of(host.domain())) {
          case EXACT -> exact.find(OctetHash.backwards(key), key, 0, key.length);
          case SUFFIX -> suffixes.find(OctetHash.backwards(key), key, 0, key.length);
          case EVERYTHING -> everything;
        };
    return found != null && found.isOf(host) ? found : null;
  }
}
