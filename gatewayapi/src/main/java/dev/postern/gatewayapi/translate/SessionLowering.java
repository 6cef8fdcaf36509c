package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.resolve.JudgedRoute.Session;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.HttpRoute.MatchType;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.ir.ForwardOptions.SessionPersistence;
import dev.postern.ir.ForwardOptions.SessionPersistence.Carrier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Sessions as the ir says them (GEP-1619).
final class SessionLowering {
  private static final int NAME_OCTETS = 4;

  private SessionLowering() {}

  static SessionPersistence of(Session session, RouteObject.Rule rule) {
    var spec = session.spec();
    String name = spec.name().orElseGet(() -> "postern-session-" + hash(session.by()));
    return new SessionPersistence(
        spec.header() ? name.toLowerCase(Locale.ROOT) : name,
        spec.header() ? Carrier.HEADER : Carrier.COOKIE,
        spec.absoluteTimeout(),
        Optional.empty(),
        spec.permanent(),
        session.ofRule() ? path(rule) : "/");
  }

  /// Where the client sends the cookie: the rule's path if there is one alone that says a
  /// beginning.
  private static String path(RouteObject.Rule rule) {
    if (rule instanceof HttpRoute.Rule http) {
      List<HttpRoute.PathMatch> paths =
          http.matches().stream().map(HttpRoute.Match::path).distinct().toList();
      if (paths.size() == 1 && paths.getFirst().type() != MatchType.REGULAR_EXPRESSION) {
        String path = paths.getFirst().value();
        if (paths.getFirst().type() == MatchType.PATH_PREFIX) {
          path = withoutSlash(path);
        }
        return path.indexOf(';') < 0 ? path : "/";
      }
    }
    return "/";
  }

  /// The prefix `/cart/` takes `/cart` too, to which no cookie of `/cart/` is sent (RFC 6265
  /// 5.1.4).
  private static String withoutSlash(String prefix) {
    return prefix.length() > 1 && prefix.endsWith("/")
        ? prefix.substring(0, prefix.length() - 1)
        : prefix;
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, NAME_OCTETS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
