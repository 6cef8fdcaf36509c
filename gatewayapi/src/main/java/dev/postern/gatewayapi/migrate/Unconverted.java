package dev.postern.gatewayapi.migrate;

/// Why a value of an annotation that is usually converted is not.
final class Unconverted {
  private Unconverted() {}

  static Verdict.NotPossible of(Location at, String name) {
    String value = at.value(name);
    return switch (name) {
      case "upstream-vhost" ->
          lost(
              value.contains("$")
                  ? "a route gives backends one fixed Host, not " + value
                  : "a route gives backends a host name as Host, without a port, not " + value,
              "write the name that the backend wants, or have it take the Host that clients send");
      case "x-forwarded-prefix" ->
          lost("no header field can have this value", "have the backend know its prefix");
      case "proxy-connect-timeout" ->
          at.target.hasConnectionKind()
              ? lost("a time to connect takes 1 to 9999 seconds", "write such a value")
              : lost(
                  "the Gateway API has no word for the time to connect",
                  "set it in a policy of the gateway that you use");
      case "proxy-http-version" ->
          lost("backends are spoken to in HTTP/1.1 or newer", "have the backend take HTTP/1.1");
      case "proxy-next-upstream", "proxy-next-upstream-tries", "proxy-next-upstream-timeout" ->
          retries(at);
      default ->
          lost(
              "no gateway can be told '" + value + "' here",
              "write a value that the list of annotations names, or do without it");
    };
  }

  private static Verdict.NotPossible retries(Location at) {
    return lost(
        "no request goes to another endpoint for '" + at.value("proxy-next-upstream") + "'",
        switch (at.target) {
          case POSTERN, STANDARD ->
              "add retry to the rule, which repeats every method for the statuses in it";
          case ENVOY_GATEWAY -> "write a BackendTrafficPolicy with retry for the route";
          case KGATEWAY -> "write a TrafficPolicy with retry for the route";
          case ISTIO -> "write a VirtualService with retries, or do without it";
        });
  }

  private static Verdict.NotPossible lost(String why, String whatToDo) {
    return new Verdict.NotPossible(why, whatToDo);
  }
}
