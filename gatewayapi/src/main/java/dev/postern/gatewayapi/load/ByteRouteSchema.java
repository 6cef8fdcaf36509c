package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.whole;

import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import dev.postern.gatewayapi.load.Schema.Obj;
import dev.postern.gatewayapi.load.Schema.Reporter;

/// TLSRoute, TCPRoute and UDPRoute. v1 takes one rule, and a TLSRoute that names its hosts;
/// v1alpha2 was laxer.
final class ByteRouteSchema {
  private static final int RULES_OF_ALPHA = 16;

  static final Obj TLS_ROUTE = route(1, 1, true);
  static final Obj TLS_ROUTE_V1ALPHA2 = route(RULES_OF_ALPHA, 0, true);
  static final Obj ROUTE = route(1, 0, false);
  static final Obj ROUTE_V1ALPHA2 = route(RULES_OF_ALPHA, 0, false);

  private ByteRouteSchema() {}

  private static Obj rule() {
    return object()
        .optional("name", Shapes.SECTION_NAME)
        .required(
            "backendRefs",
            list(Shapes.backendRef().withDefault("weight", whole(0, 1_000_000), 1), 1, 16));
  }

  private static Obj route(int maxRules, int minHostnames, boolean tls) {
    Obj spec =
        object()
            .optional(
                "parentRefs", list(Shapes.parentRef(), 0, 32).rule(HttpRouteRules::parentsDistinct))
            .required("rules", list(rule(), 1, maxRules).rule(HttpRouteRules::ruleNamesDistinct))
            .optional("useDefaultGateways", oneOf("All", "None"));
    if (tls && minHostnames > 0) {
      spec.required(
          "hostnames",
          list(Shapes.HOSTNAME, minHostnames, 1024).rule(ByteRouteSchema::hostnamesAreNoAddresses));
    } else if (tls) {
      spec.optional("hostnames", list(Shapes.HOSTNAME, 0, 1024));
    }
    return MetadataSchema.object(true, MetadataSchema.subdomainName()).required("spec", spec);
  }

  /// A server name is never an address (RFC 6066 3).
  private static void hostnamesAreNoAddresses(Items hostnames, Reporter report) {
    for (int i = 0; i < hostnames.list().size(); i++) {
      if (hostnames.list().get(i) instanceof Scalar host && IpAddresses.isAddress(host.text())) {
        report.error(
            "[" + i + "]",
            host.line(),
            "'" + Checker.shown(host.text()) + "' is an IP address; TLS knows host names alone");
      }
    }
  }
}
