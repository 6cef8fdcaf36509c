package dev.postern.gatewayapi.migrate;

import java.util.List;

/// Annotations that keep requests away: whoever is kept out by them must stay out, so that without
/// them a path is not served.
final class Guards {
  private static final List<String> ANNOTATIONS =
      List.of(
          ExternalAuth.GUARD,
          "auth-type",
          ClientCertificates.GUARD,
          "whitelist-source-range",
          "allowlist-source-range",
          "denylist-source-range");

  static final String TO_DO =
      "the path answers 500 until you add backendRefs to its rule, with a guard of your own";

  private Guards() {}

  private static boolean isOn(Location at, String guard) {
    return !at.value(guard).isEmpty() && !at.isFalse(guard);
  }

  /// Whether anything keeps requests away from a location.
  static boolean any(Location at) {
    return ANNOTATIONS.stream().anyMatch(guard -> isOn(at, guard));
  }

  static void close(Location at, ClientCertificates clients) {
    authentication(at);
    for (String guard : ANNOTATIONS) {
      boolean own = guard.equals(ExternalAuth.GUARD) || guard.equals(ClientCertificates.GUARD);
      if (!own && isOn(at, guard) && !isExempt(at, guard) && !AllowList.convert(at, guard)) {
        at.close();
        at.lost(guard, "it kept requests away from here, and is not converted", TO_DO);
      }
    }
    if (!clients.convert(at)) {
      at.close();
    }
    at.controller
        .guards()
        .forEach((key, value) -> {
          at.close();
          at.verdicts()
              .ofKey(
                  key,
                  value,
                  new Verdict.NotPossible(
                      "it kept requests away from everything, and is not converted",
                      "all paths answer 500; guard the gateway in another way, then migrate with a"
                          + " ConfigMap without it"));
        });
  }

  /// The controller's no-auth-locations.
  private static boolean isExempt(Location at, String guard) {
    return guard.startsWith("auth-") && at.controller.asksNobody(at.path.path());
  }

  private static void authentication(Location at) {
    if (!isOn(at, ExternalAuth.GUARD)) {
      ExternalAuth.nothing(at, "nothing without auth-url");
    } else if (isExempt(at, ExternalAuth.GUARD)) {
      ExternalAuth.nothing(at, "nothing: the controller's no-auth-locations except this path");
    } else if (at.filters.containsKey("RequestRedirect")) {
      ExternalAuth.nothing(at, "nothing: nginx redirected before it asked");
    } else if (!ExternalAuth.convert(at)) {
      at.close();
    }
    at.same("enable-global-auth", "looked at for the controller's global-auth-url");
    if (isExempt(at, "auth-type")) {
      for (String name : List.of("auth-type", "auth-secret", "auth-secret-type", "auth-realm")) {
        at.same(name, "nothing: the controller's no-auth-locations except this path");
      }
    }
  }
}
