package dev.postern.gatewayapi.migrate;

import java.util.List;

/// Annotations that keep requests away: whoever is kept out by them must stay out, so that without
/// them a path is not served.
final class Guards {
  private static final List<String> ANNOTATIONS =
      List.of(
          "auth-url",
          "auth-type",
          "auth-tls-secret",
          "whitelist-source-range",
          "allowlist-source-range",
          "denylist-source-range");

  static final String TO_DO =
      "the path answers 500 until you add backendRefs to its rule, with a guard of your own";

  private Guards() {}

  private static boolean isOn(Location at, String guard) {
    return !at.value(guard).isEmpty() && !at.value(guard).equals("false");
  }

  /// Whether anything keeps requests away from a location.
  static boolean any(Location at) {
    return ANNOTATIONS.stream().anyMatch(guard -> isOn(at, guard));
  }

  static void close(Location at) {
    for (String guard : ANNOTATIONS) {
      if (isOn(at, guard) && !AllowList.convert(at, guard)) {
        at.close();
        at.lost(guard, "it kept requests away from here, and is not converted", TO_DO);
      }
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
}
