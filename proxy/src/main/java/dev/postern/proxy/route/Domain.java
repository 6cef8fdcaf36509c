package dev.postern.proxy.route;

import dev.postern.ir.Route;
import dev.postern.ir.VirtualHost;
import dev.postern.proxy.message.Octets;
import java.util.function.Function;

/// A virtual host and its compiled routes, under its name or, for `*.suffix`, under `.suffix`.
final class Domain extends OctetTable.Entry {
  private final VirtualHost host;
  final Kind kind;
  final HostRoutes routes;

  enum Kind {
    EXACT,
    SUFFIX,
    EVERYTHING;

    static Kind of(String domain) {
      if (domain.equals("*")) {
        return EVERYTHING;
      }
      return domain.startsWith("*.") ? SUFFIX : EXACT;
    }
  }

  Domain(VirtualHost host, Function<Route, ?> action) {
    this(host, key(host.domain()), action);
  }

  private Domain(VirtualHost host, byte[] key, Function<Route, ?> action) {
    super(key, OctetHash.backwards(key));
    this.host = host;
    this.kind = Kind.of(host.domain());
    this.routes = HostRoutes.compile(host.routes(), action);
  }

  /// Compiled from that very instance: comparing all routes would cost what it is to save.
  @SuppressWarnings("ReferenceEquality")
  boolean isOf(VirtualHost other) {
    return host == other;
  }

  static byte[] key(String domain) {
    return Octets.ascii(Kind.of(domain) == Kind.EXACT ? domain : domain.substring(1));
  }
}
