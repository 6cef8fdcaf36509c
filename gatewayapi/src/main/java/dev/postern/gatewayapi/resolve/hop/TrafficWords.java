package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resource.SessionPersistence;
import dev.postern.ir.Cluster.RetryBudget;
import dev.postern.ir.HealthCheck;
import dev.postern.ir.LbPolicy;
import dev.postern.ir.LbPolicy.HashOn;
import dev.postern.ir.OutlierDetection;

/// What is done with a backend's endpoints, as a person reads it.
final class TrafficWords {
  private TrafficWords() {}

  static String lbPolicy(LbPolicy policy) {
    return switch (policy) {
      case LbPolicy.LeastRequest() -> "the less busy of two drawn at random";
      case LbPolicy.RoundRobin() -> "one after the other";
      case LbPolicy.Random() -> "any";
      case LbPolicy.ConsistentHash(HashOn on) ->
          "by the hash of "
              + switch (on) {
                case HashOn.SourceIp() -> "the client's address";
                case HashOn.Header(String name) -> "the header " + name;
                case HashOn.Cookie(String name) -> "the cookie " + name;
              };
    };
  }

  static String healthCheck(HealthCheck check) {
    String what =
        switch (check.checker()) {
          case HealthCheck.Checker.Http http -> "GET " + http.path();
          case HealthCheck.Checker.Grpc(String service) ->
              "gRPC health" + (service.isEmpty() ? "" : " of " + service);
          case HealthCheck.Checker.Tcp() -> "a connection";
        };
    return what
        + " every "
        + HopWords.duration(check.interval())
        + ", out after "
        + check.unhealthyThreshold()
        + " failures, back after "
        + check.healthyThreshold()
        + " successes";
  }

  static String outlierDetection(OutlierDetection ejection) {
    if (ejection.consecutive5xx() == 0 && ejection.consecutiveGatewayErrors() == 0) {
      return "off";
    }
    return "for "
        + HopWords.duration(ejection.baseEjectionTime())
        + " after"
        + (ejection.consecutive5xx() == 0
            ? ""
            : " " + ejection.consecutive5xx() + " answers of 500 and more")
        + (ejection.consecutive5xx() == 0 || ejection.consecutiveGatewayErrors() == 0 ? "" : " or")
        + (ejection.consecutiveGatewayErrors() == 0
            ? ""
            : " " + ejection.consecutiveGatewayErrors() + " failures to answer")
        + ", "
        + ejection.maxEjectionPercent()
        + "% at most";
  }

  static String retryBudget(RetryBudget budget) {
    return budget.percent()
        + "% of the requests of "
        + HopWords.duration(budget.interval())
        + ", but "
        + budget.minRetries()
        + " in "
        + HopWords.duration(budget.minInterval());
  }

  static String sessionPersistence(SessionPersistence session) {
    return (session.header() ? "header" : "cookie")
        + session.name().map(name -> " " + name).orElse("")
        + session.absoluteTimeout().map(time -> ", for " + HopWords.duration(time)).orElse("");
  }
}
