package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.text;
import static dev.postern.gatewayapi.load.Schema.whole;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Schema.Obj;
import dev.postern.gatewayapi.load.Schema.Reporter;

/// What a BackendConnectionPolicy may say about endpoints. A rule in Java stands beside each CEL
/// rule, and has the words of it.
final class BalancingSchema {
  private BalancingSchema() {}

  private static final Schema TIME = text(1, 32, TextFormat.DURATION);
  private static final String HASH_NEEDED =
      "policy ConsistentHash needs hashOn, and no other policy has it";
  private static final String NAME_NEEDED =
      "type Header and type Cookie need a name, and type SourceIP has none";
  private static final String NOT_OF_TYPE =
      "http goes with type HTTP alone, and grpc with type GRPC";
  private static final String TOO_OFTEN =
      "interval must be at least 100ms, and timeout more than 0s";

  static Obj loadBalancing() {
    return object()
        .withDefault(
            "policy",
            oneOf("LeastRequest", "RoundRobin", "Random", "ConsistentHash"),
            "LeastRequest")
        .doc(
            "LeastRequest takes the less busy of two endpoints drawn at random, RoundRobin one after"
                + " the other, Random any; with ConsistentHash requests that are alike in hashOn go"
                + " to one endpoint, and few of them elsewhere when endpoints come or go.")
        .optional(
            "hashOn",
            object()
                .required("type", oneOf("SourceIP", "Header", "Cookie"))
                .doc("The client's address, a header's value or a cookie's.")
                .optional("name", text(1, 128, TextFormat.HEADER_NAME))
                .doc("Of the header or the cookie. A request without it goes to any endpoint.")
                .rule(BalancingSchema::nameFits)
                .cel("has(self.name) == (self.type != 'SourceIP')", NAME_NEEDED))
        .doc("What makes requests alike.")
        .rule(BalancingSchema::hashFits)
        .cel("has(self.hashOn) == (self.policy == 'ConsistentHash')", HASH_NEEDED);
  }

  static Obj healthCheck() {
    return object()
        .required("type", oneOf("HTTP", "GRPC", "TCP"))
        .doc(
            "HTTP is a GET over the backend's own protocol and TLS, GRPC the gRPC health service,"
                + " TCP a connection, with its TLS handshake where there is TLS. Backends that do not"
                + " speak HTTP (FastCGI, those of TCPRoutes and TLSRoutes) get the connection alone.")
        .optional("interval", TIME)
        .doc("Between two checks of one endpoint; 5s where nothing is said, 100ms at the least.")
        .optional("timeout", TIME)
        .doc("After which a check has failed; 2s where nothing is said.")
        .withDefault("unhealthyThreshold", whole(1, 100), 3)
        .doc("Failures in a row after which an endpoint gets no requests.")
        .withDefault("healthyThreshold", whole(1, 100), 1)
        .doc("Successes in a row after which it gets them again. A new one gets them at once.")
        .optional(
            "http",
            object()
                .optional("host", text(1, 253, TextFormat.DOMAIN))
                .doc("The Host header; the name of the cluster where nothing is said.")
                .optional("path", text(1, 1024, TextFormat.URL_PATH))
                .doc("What is asked for; / where nothing is said.")
                .optional("expectedStatuses", list(whole(100, 599), 1, 16).distinct())
                .doc("Statuses of an endpoint that is well; 200 alone where nothing is said."))
        .doc("The request of type HTTP.")
        .optional(
            "grpc",
            object()
                .optional("service", text(1, 253))
                .doc("The service; the server as a whole where nothing is said."))
        .doc("The question of type GRPC.")
        .rule(BalancingSchema::checkFits)
        .cel(
            "(!has(self.http) || self.type == 'HTTP') && (!has(self.grpc) || self.type == 'GRPC')",
            NOT_OF_TYPE)
        .rule(BalancingSchema::notTooOften)
        .cel(
            "(!has(self.interval) || duration(self.interval) >= duration('100ms')) &&"
                + " (!has(self.timeout) || duration(self.timeout) > duration('0s'))",
            TOO_OFTEN);
  }

  static Obj outlierDetection() {
    return object()
        .optional("consecutive5xx", whole(0, 1000))
        .doc(
            "Answers of 500 and more in a row, or none at all, after which an endpoint is left out; 0"
                + " or nothing for not counted.")
        .optional("consecutiveGatewayErrors", whole(0, 1000))
        .doc(
            "Failures in a row to connect, to complete the handshake or to answer, after which an"
                + " endpoint is left out; 5 where nothing is said, 0 for not counted.")
        .optional("baseEjectionTime", TIME)
        .doc("For how long, times the number of ejections in a row; 5s where nothing is said.")
        .optional("maxEjectionPercent", whole(0, 100))
        .doc(
            "The share of endpoints that may be left out, but always one where there are two; 50"
                + " where nothing is said.");
  }

  private static void hashFits(Fields balancing, Reporter report) {
    if (balancing.has("hashOn") != balancing.textOrEmpty("policy").equals("ConsistentHash")) {
      report.error("", 0, HASH_NEEDED);
    }
  }

  private static void nameFits(Fields hash, Reporter report) {
    if (hash.has("name") == hash.textOrEmpty("type").equals("SourceIP")) {
      report.error("", 0, NAME_NEEDED);
    }
  }

  private static void checkFits(Fields check, Reporter report) {
    String type = check.textOrEmpty("type");
    if ((check.has("http") && !type.equals("HTTP"))
        || (check.has("grpc") && !type.equals("GRPC"))) {
      report.error("", 0, NOT_OF_TYPE);
    }
  }

  private static void notTooOften(Fields check, Reporter report) {
    if ((check.has("interval") && Durations.parse(check.textOrEmpty("interval")) < 100)
        || (check.has("timeout") && Durations.parse(check.textOrEmpty("timeout")) == 0)) {
      report.error("", 0, TOO_OFTEN);
    }
  }
}
