package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;

/// affinity and session-cookie-*: sessionPersistence of the rule (GEP-1619).
final class SessionFamily {
  private static final String NAME = "INGRESSCOOKIE";

  static final String OF_THE_CANARY = "nothing: nginx read it at the canary's Ingress";

  private SessionFamily() {}

  static void convert(Location at) {
    if (!at.value("affinity").equals("cookie")) {
      for (String name : at.ingress.annotations().keySet()) {
        if (name.startsWith("session-cookie-") || name.startsWith("affinity")) {
          at.same(name, "nothing, as affinity is not cookie");
        }
      }
      return;
    }
    if (at.target == Target.STANDARD) {
      for (String name : at.ingress.annotations().keySet()) {
        if (name.startsWith("session-cookie-") || name.startsWith("affinity")) {
          at.lost(
              name,
              "the standard channel binds no client to an endpoint",
              "use sessionPersistence where the gateway has it, or keep sessions elsewhere");
        }
      }
      return;
    }
    String name = at.has("session-cookie-name") ? at.value("session-cookie-name") : NAME;
    boolean named = name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
    Map<String, Object> session = Trees.map("sessionName", named ? name : NAME, "type", "Cookie");
    if (named) {
      at.same(
          "session-cookie-name",
          at.target.keepsSessions() ? "sessionPersistence.sessionName" : "httpCookie.name");
    } else {
      at.lost("session-cookie-name", "no cookie can have this name", "choose another");
    }
    if (!at.target.keepsSessions()) {
      IstioSession.convert(at, named ? name : NAME, seconds(at));
      return;
    }
    lifetime(at, session);
    at.rule.put("sessionPersistence", session);
    at.different(
        "affinity",
        "sessionPersistence; nginx's own cookies are not understood, so every client is given a new"
            + " one once");
    attributes(at);
  }

  /// How long the cookie lives; empty where it ends with the browser.
  private static String seconds(Location at) {
    String age = at.value("session-cookie-max-age");
    String seconds = age.isEmpty() ? at.value("session-cookie-expires") : age;
    return seconds.matches("[1-9][0-9]{0,8}") ? seconds : "";
  }

  private static void lifetime(Location at, Map<String, Object> session) {
    String age = at.value("session-cookie-max-age");
    String seconds = seconds(at);
    if (!seconds.isEmpty()) {
      session.put("absoluteTimeout", duration(Integer.parseInt(seconds)));
      session.put("cookieConfig", Trees.map("lifetimeType", "Permanent"));
      at.different(
          "session-cookie-max-age",
          "absoluteTimeout, with lifetimeType Permanent: the gateway forgets the session then, too");
      at.different(
          "session-cookie-expires",
          age.isEmpty()
              ? "absoluteTimeout, with lifetimeType Permanent: the gateway forgets the session then,"
                  + " too"
              : "session-cookie-max-age, which browsers take before it");
    } else {
      at.same("session-cookie-max-age", "a cookie that ends with the browser, as in nginx");
      at.same("session-cookie-expires", "a cookie that ends with the browser, as in nginx");
    }
  }

  /// As GEP-2257 has it: five digits at most for each unit.
  private static String duration(int seconds) {
    int hours = seconds / 3600;
    return hours > 99_999
        ? "99999h"
        : (hours > 0 ? hours + "h" : "")
            + (seconds / 60 % 60 > 0 ? seconds / 60 % 60 + "m" : "")
            + (seconds % 60 > 0 ? seconds % 60 + "s" : "");
  }

  private static void attributes(Location at) {
    for (String attribute : List.of("path", "domain", "samesite", "conditional-samesite-none")) {
      at.different(
          "session-cookie-" + attribute,
          at.target.isPostern()
              ? "the gateway sets the rule's Path and SameSite=Lax by itself, and no Domain"
              : "the gateway chooses what attributes its cookie has");
    }
    if (!at.target.isPostern()) {
      at.different("session-cookie-secure", "the gateway chooses what attributes its cookie has");
    } else if (at.isTrue("session-cookie-secure") == at.tls) {
      at.same("session-cookie-secure", "the cookie is Secure for clients that come by TLS");
    } else {
      at.different(
          "session-cookie-secure", "the cookie is Secure for clients that come by TLS, no others");
    }
    at.different(
        "session-cookie-change-on-failure",
        "a client whose endpoint is gone is given another, and a new cookie");
    if (at.value("affinity-mode").equals("persistent")) {
      at.same("affinity-mode", "a session stays where it is");
    } else {
      at.different(
          "affinity-mode",
          "a session stays where it is; nginx's balanced moved some when endpoints were added");
    }
    at.same("affinity-canary-behavior", OF_THE_CANARY);
  }

  /// At a canary, whose sessions are its main location's: by default nginx kept a client with the
  /// canary or without it, and with `legacy` chose anew for each request.
  static void canary(Location at, Location main) {
    if (!main.value("affinity").equals("cookie")) {
      return;
    }
    boolean legacy = at.value("affinity-canary-behavior").equals("legacy");
    if (at.target == Target.ISTIO) {
      String how = "the weights choose for every request, and the cookie then the endpoint";
      at.verdicts().ofAnnotation("affinity-canary-behavior", verdict(legacy, how));
    } else {
      String how = "a session stays with the backend that its first request went to, canary or not";
      at.verdicts().ofAnnotation("affinity-canary-behavior", verdict(!legacy, how));
    }
  }

  private static Verdict verdict(boolean same, String how) {
    return same ? new Verdict.Same(how) : new Verdict.Different(how);
  }
}
