package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.stream.Stream;

/// Retries, balancing, buffers and limits.
final class TrafficFamily {
  /// nginx's default of proxy-next-upstream-tries.
  private static final int USUAL_TRIES = 3;

  private static final List<String> RETRIES =
      List.of("proxy-next-upstream", "proxy-next-upstream-tries", "proxy-next-upstream-timeout");

  private TrafficFamily() {}

  static void convert(Location at) {
    balance(at);
    retries(at);
    if (at.value("proxy-body-size").matches("0[kmgKMG]?")) {
      at.same("proxy-body-size", "bodies of any size, as nginx took with 0");
    }
    if (at.value("proxy-http-version").equals("1.1")) {
      at.same("proxy-http-version", "HTTP/1.1, as it is without a word");
    }
    for (String name : List.of("proxy-redirect-from", "proxy-redirect-to")) {
      if (at.value("proxy-redirect-from").equals("off")
          || at.value("proxy-redirect-to").equals("off")) {
        at.same(name, "Location is not rewritten, as it is without a word");
      }
    }
    for (String name : List.of("proxy-cookie-path", "proxy-cookie-domain")) {
      if (at.value(name).equals("off")) {
        at.same(name, "Set-Cookie is not rewritten, as it is without a word");
      }
    }
  }

  private static void balance(Location at) {
    if (at.isTrue("service-upstream")) {
      at.different(
          "service-upstream",
          "requests go to the Service's endpoints instead of its cluster address, each request by"
              + " itself. Where a mesh looks for the cluster address, keep it out of this hop");
    } else {
      at.same("service-upstream", "requests go to the Service's endpoints");
    }
    at.different(
        "load-balance",
        at.target == Target.KGATEWAY
            ? "the gateway's own way of balancing"
            : "of two endpoints drawn at random the one that is less busy is taken");
  }

  private static void retries(Location at) {
    String conditions = at.value("proxy-next-upstream");
    if (conditions.matches("((error|timeout) *)*+")) {
      for (String name : RETRIES) {
        at.different(
            name,
            switch (at.target) {
              case POSTERN, STANDARD ->
                  "a request goes to another endpoint twice at most, and only where it cannot have"
                      + " been acted on; add retry to the rule for more";
              case ENVOY_GATEWAY, KGATEWAY ->
                  "no request goes to another endpoint; add retry to the rule where one should";
              case ISTIO ->
                  "a request goes to another endpoint twice at most, by Istio's own defaults; add"
                      + " retry to the rule for more";
            });
      }
    } else if (conditions.equals("off")) {
      never(at);
    } else if (at.target.isPostern()
        && conditions.matches("((error|timeout|non_idempotent|http_[0-9]{3}) *)++")) {
      statuses(at, conditions);
    }
  }

  private static void never(Location at) {
    boolean never = at.target == Target.ENVOY_GATEWAY || at.target == Target.KGATEWAY;
    for (String name : RETRIES) {
      if (never) {
        at.same(name, "no request goes to another endpoint, as with off");
      } else {
        at.different(
            name,
            "nginx asked no other endpoint; now a request goes to another one twice at most, where"
                + " it cannot have been acted on");
      }
    }
  }

  /// Statuses that send a request to another endpoint: the rule's `retry` (GEP-1731). That repeats
  /// every method, so that it has to be what nginx did, too.
  private static void statuses(Location at, String conditions) {
    if (!conditions.contains("non_idempotent") && !at.controller.isTrue("retry-non-idempotent")) {
      for (String name : RETRIES) {
        at.lost(
            name,
            "retry of a rule repeats every method, also a POST that was acted on, which nginx did"
                + " with non_idempotent alone",
            "add retry to the rule if every request may be repeated");
      }
      return;
    }
    List<Integer> codes =
        Stream.of(conditions.split(" +", -1))
            .filter(word -> word.matches("http_[45][0-9]{2}"))
            .map(word -> Integer.valueOf(word.substring("http_".length())))
            .distinct()
            .toList();
    String tries = at.value("proxy-next-upstream-tries");
    int most = tries.matches("[1-9][0-9]?") ? Integer.parseInt(tries) : USUAL_TRIES;
    at.rule.put("retry", Trees.map("codes", codes, "attempts", most - 1));
    at.different("proxy-next-upstream", "retry of the rule (experimental channel)");
    at.same("proxy-next-upstream-tries", "retry.attempts, which counts those after the first");
    at.different(
        "proxy-next-upstream-timeout", "attempts are bounded by their number, not by time");
  }
}
