package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.text;
import static dev.postern.gatewayapi.load.Schema.whole;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Schema.Obj;
import java.util.List;

/// What kgateway's BackendConfigPolicy says about endpoints, with what becomes of each field.
final class KgatewayBalancingSchema {
  static final List<String> CHOICES =
      List.of("leastRequest", "roundRobin", "ringHash", "maglev", "random");
  private static final List<String> HASHED = List.of("header", "cookie", "sourceIP");
  private static final Schema DURATION = text(1, 32, TextFormat.DURATION);
  private static final Schema COUNT = whole(0, Integer.MAX_VALUE);

  private KgatewayBalancingSchema() {}

  private static Obj hashPolicy() {
    return object()
        .optional(
            "header",
            object()
                .required("name", text(1, 253, TextFormat.HEADER_NAME))
                .doc("Requests with the same value go to one endpoint"))
        .optional(
            "cookie",
            object()
                .required("name", text(1, 253, TextFormat.HEADER_NAME))
                .doc("Requests with the same value go to one endpoint")
                .notHonoured(
                    "No cookie is made for clients that bring none; sessionPersistence of a route"
                        + " does.",
                    "path",
                    "ttl",
                    "secure",
                    "httpOnly",
                    "sameSite"))
        .optional("sourceIP", object())
        .doc("The address of the connection")
        .optional("terminal", Schema.BOOL)
        .doc("The first of the policies counts, as if it were terminal")
        .rule((policy, report) -> {
          if (HASHED.stream().filter(policy::has).count() != 1) {
            report.error("", 0, "exactly one must be there of " + String.join(", ", HASHED));
          }
        });
  }

  private static Obj hashing() {
    return object()
        .optional("hashPolicies", list(hashPolicy(), 1, 16))
        .doc(
            "The first one counts, and others are a finding. Without any, any endpoint gets a"
                + " request, as in Envoy")
        .rule((hashing, report) -> {
          if (hashing.maps("hashPolicies").size() > 1) {
            report.warning("hashPolicies[1]", 0, "Only the first of hashPolicies counts.");
          }
        })
        .notHonoured("Addresses are hashed.", "useHostnameForHashing");
  }

  static Obj loadBalancer() {
    String soon = "A new endpoint gets its share at once.";
    return object()
        .optional(
            "leastRequest",
            object()
                .notHonoured("Two endpoints are drawn at random.", "choiceCount")
                .notHonoured(soon, "slowStart"))
        .doc("Of two endpoints drawn at random the less busy one is used")
        .optional("roundRobin", object().notHonoured(soon, "slowStart"))
        .doc("One after the other, by each event loop for itself")
        .optional("random", object())
        .doc("Any endpoint")
        .optional(
            "ringHash",
            hashing()
                .notHonoured(
                    "There is one ring, of the proxy's own size.",
                    "minimumRingSize",
                    "maximumRingSize"))
        .doc("Requests that are alike go to one endpoint")
        .optional("maglev", hashing())
        .doc("As ringHash: there is one ring, of the proxy's own")
        .notHonoured(
            "As long as one endpoint is well, those that are not get nothing.",
            "healthyPanicThreshold")
        .notHonoured("Changes are in force at once.", "updateMergeWindow")
        .notHonoured("All endpoints are near.", "localityType", "zoneAware")
        .notHonoured(
            "Connections to endpoints that stay are kept.", "closeConnectionsOnHostSetChange")
        .rule((balancer, report) -> {
          if (CHOICES.stream().filter(balancer::has).count() != 1) {
            report.error("", 0, "exactly one must be there of " + String.join(", ", CHOICES));
          }
        });
  }

  static Obj outlierDetection() {
    return object()
        .optional("consecutive5xx", COUNT)
        .doc(
            "Answers of 500 and more in a row, or none; 5 where nothing is said, as in kgateway, and"
                + " 0 for never")
        .optional("baseEjectionTime", DURATION)
        .doc("30s where nothing is said, as in kgateway; longer each time")
        .optional("maxEjectionPercent", whole(0, 100))
        .doc("10 where nothing is said, as in kgateway, but always one where there are two")
        .optional("splitExternalLocalOriginErrors", Schema.BOOL)
        .doc(
            "Where it is true, failures to connect and to answer are counted besides, up to"
                + " consecutiveLocalOriginFailure")
        .optional("consecutiveLocalOriginFailure", COUNT)
        .doc(
            "With splitExternalLocalOriginErrors alone: failures in a row to connect or to answer; 5"
                + " where nothing is said, and 0 for never")
        .notHonoured("An endpoint is left out as soon as it has failed so often.", "interval")
        .notHonoured(
            "An endpoint that failed so often is always left out.",
            "enforcingConsecutive5xx",
            "enforcingConsecutiveLocalOriginFailure");
  }

  static Obj healthCheck() {
    return object()
        .required("timeout", DURATION)
        .doc("After which a check has failed")
        .required("interval", DURATION)
        .doc("Between two checks of one endpoint; 100ms at the least")
        .required("unhealthyThreshold", COUNT)
        .doc("Failures in a row after which an endpoint gets no requests")
        .required("healthyThreshold", COUNT)
        .doc("Successes in a row after which it gets them again; a new one gets them at once")
        .optional(
            "http",
            object()
                .optional("host", text(0, 253))
                .doc("The Host header; the name of the cluster where nothing is said")
                .required("path", text(0, 1024))
                .doc("What is asked for; 200 is well")
                .notHonoured("Checks are a GET.", "method"))
        .optional(
            "grpc",
            object()
                .optional("serviceName", text(0, 253))
                .doc("The service; the server as a whole where nothing is said")
                .notHonoured("The name of the cluster is sent.", "authority"))
        .rule((check, report) -> {
          if (check.has("http") == check.has("grpc")) {
            report.error("", 0, "exactly one must be there of http, grpc");
          }
          if (!canBeAsked(check)) {
            report.warning(
                "http",
                0,
                "Endpoints are not checked: host must be a host name, and path a path with %xx for"
                    + " all but letters, digits and the signs -/._~!$&'()*+,;=:@?");
          }
        });
  }

  /// Whether host and path can stand in a request as they are.
  static boolean canBeAsked(Fields check) {
    Fields http = Metadatas.fields(check, "http");
    String host = http.textOrEmpty("host");
    String path = http.textOrEmpty("path").replace('?', '/');
    return (host.isEmpty() || TextFormat.DOMAIN.test().test(host))
        && (path.isEmpty() || (path.startsWith("/") && TextFormat.URL_PATH.test().test(path)));
  }
}
