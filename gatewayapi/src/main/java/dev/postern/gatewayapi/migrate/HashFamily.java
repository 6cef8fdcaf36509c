package dev.postern.gatewayapi.migrate;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// upstream-hash-by: requests that are alike in something go to one endpoint. nginx takes any text
/// with variables; a gateway takes one thing.
final class HashFamily {
  private static final Pattern VARIABLE =
      Pattern.compile(
          "\\$\\{?(?:(?<address>remote_addr|binary_remote_addr)|(?<host>host|http_host)"
              + "|http_(?<field>[A-Za-z0-9_]{1,120})|cookie_(?<cookie>[A-Za-z0-9_]{1,120})"
              + "|arg_(?<query>[A-Za-z0-9_]{1,120}))\\}?");

  private HashFamily() {}

  static void convert(Location at) {
    String by = at.value("upstream-hash-by");
    if (by.isEmpty() || at.value("affinity").equals("cookie")) {
      String why =
          by.isEmpty() ? "nothing without upstream-hash-by" : "nothing, as affinity goes before it";
      at.same("upstream-hash-by", by.isEmpty() ? "nothing, as it is empty" : why);
      at.same("upstream-hash-by-subset", why);
      at.same("upstream-hash-by-subset-size", why);
      return;
    }
    Matcher variable = VARIABLE.matcher(by);
    Map<String, Object> hash = variable.matches() ? hash(at.target, variable) : Map.of();
    if (hash.isEmpty()) {
      at.lost(
          "upstream-hash-by",
          "the gateway hashes no " + by,
          "hash a header, a cookie or the client's address where it can, or do without it");
      at.lost("upstream-hash-by-subset", "nothing is hashed", "see upstream-hash-by");
      at.lost("upstream-hash-by-subset-size", "nothing is hashed", "see upstream-hash-by");
      return;
    }
    at.alike = hash;
    at.different(
        "upstream-hash-by",
        field(at.target)
            + ": requests that are alike go to one endpoint still, but to another than nginx chose,"
            + " and those that have nothing of the kind to any");
    if (at.isTrue("upstream-hash-by-subset")) {
      at.lost(
          "upstream-hash-by-subset",
          "requests that are alike go to one endpoint, not to some of them",
          "do without it, or have more values to hash");
      at.lost("upstream-hash-by-subset-size", "see upstream-hash-by-subset", "do without it");
    } else {
      at.same("upstream-hash-by-subset", "nothing, as it is not true");
      at.same("upstream-hash-by-subset-size", "nothing without upstream-hash-by-subset");
    }
  }

  private static String field(Target target) {
    return switch (target) {
      case POSTERN, STANDARD, KGATEWAY -> "BackendConnectionPolicy loadBalancing";
      case ENVOY_GATEWAY -> "BackendTrafficPolicy loadBalancer";
      case ISTIO -> "DestinationRule consistentHash";
    };
  }

  /// In the target's words; empty where it has none.
  private static Map<String, Object> hash(Target target, Matcher variable) {
    String header =
        variable.group("host") != null
            ? "Host"
            : variable.group("field") == null ? "" : field(variable.group("field"));
    String cookie = variable.group("cookie") == null ? "" : variable.group("cookie");
    boolean address = variable.group("address") != null;
    boolean query = variable.group("query") != null;
    return switch (target) {
      case POSTERN ->
          query
              ? Map.of()
              : Trees.map(
                  "policy",
                  "ConsistentHash",
                  "hashOn",
                  address
                      ? Trees.map("type", "SourceIP")
                      : cookie.isEmpty()
                          ? Trees.map("type", "Header", "name", header)
                          : Trees.map("type", "Cookie", "name", cookie));
      case ENVOY_GATEWAY ->
          query
              ? Map.of()
              : Trees.map(
                  "type",
                  "ConsistentHash",
                  "consistentHash",
                  address
                      ? Trees.map("type", "SourceIP")
                      : cookie.isEmpty()
                          ? Trees.map("type", "Header", "header", Trees.map("name", header))
                          : Trees.map("type", "Cookie", "cookie", Trees.map("name", cookie)));
      case ISTIO ->
          address
              ? Trees.map("useSourceIp", true)
              : query
                  ? Trees.map("httpQueryParameterName", variable.group("query"))
                  : header.isEmpty() || header.equals("Host")
                      ? Map.of()
                      : Trees.map("httpHeaderName", header);
      case STANDARD, KGATEWAY -> Map.of();
    };
  }

  /// nginx's variables have `_` for `-`.
  private static String field(String variable) {
    return variable.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
