package dev.postern.gatewayapi.migrate;

import java.util.List;

/// affinity and session-cookie-* for Istio, which knows no sessionPersistence: a `consistentHash`
/// of a cookie that Istio makes where a client has none.
final class IstioSession {
  private IstioSession() {}

  /// @param name the cookie's
  /// @param lifetime in seconds; empty for as long as the browser runs
  static void convert(Location at, String name, String lifetime) {
    String path = at.value("session-cookie-path");
    boolean plain = path.isEmpty() || path.matches("/[A-Za-z0-9._~/-]*");
    at.alike =
        Trees.map(
            "httpCookie",
            Trees.map(
                "name",
                name,
                "path",
                plain && !path.isEmpty() ? path : "/",
                "ttl",
                lifetime.isEmpty() ? "0s" : lifetime + "s"));
    at.different(
        "affinity",
        "consistentHash.httpCookie of a DestinationRule: nginx's own cookies are hashed anew, and"
            + " when endpoints come or go some clients are sent elsewhere");
    at.same("session-cookie-max-age", "httpCookie.ttl");
    at.same("session-cookie-expires", "httpCookie.ttl, or session-cookie-max-age before it");
    if (plain) {
      at.same("session-cookie-path", "httpCookie.path");
    }
    for (String attribute : List.of("path", "domain", "samesite", "conditional-samesite-none")) {
      if (!at.verdicts().isJudged("session-cookie-" + attribute)) {
        at.different("session-cookie-" + attribute, "the cookie has no such attribute");
      }
    }
    if (at.isTrue("session-cookie-secure")) {
      at.different("session-cookie-secure", "the cookie is HttpOnly, but not Secure");
    } else {
      at.same("session-cookie-secure", "the cookie is not Secure");
    }
    at.different(
        "session-cookie-change-on-failure",
        "a client whose endpoint is gone is sent to another, with the same cookie");
    if (at.value("affinity-mode").equals("persistent")) {
      at.different("affinity-mode", "some clients are sent elsewhere when endpoints come or go");
    } else {
      at.same("affinity-mode", "some clients are sent elsewhere when endpoints come or go");
    }
    at.same("affinity-canary-behavior", SessionFamily.OF_THE_CANARY);
  }
}
