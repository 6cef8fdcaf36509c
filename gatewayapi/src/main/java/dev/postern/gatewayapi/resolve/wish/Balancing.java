package dev.postern.gatewayapi.resolve.wish;

import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.HashOn;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.LoadBalancing;
import dev.postern.ir.HealthCheck;
import dev.postern.ir.HealthCheck.Checker;
import dev.postern.ir.LbPolicy;
import dev.postern.ir.OutlierDetection;
import java.util.Locale;

/// What a policy says about endpoints, in the ir's words.
final class Balancing {
  private Balancing() {}

  static LbPolicy lbPolicy(LoadBalancing balancing) {
    return switch (balancing.policy()) {
      case LEAST_REQUEST -> new LbPolicy.LeastRequest();
      case ROUND_ROBIN -> new LbPolicy.RoundRobin();
      case RANDOM -> new LbPolicy.Random();
      case CONSISTENT_HASH ->
          balancing
              .hashOn()
              .<LbPolicy>map(on -> new LbPolicy.ConsistentHash(hashOn(on)))
              .orElse(LbPolicy.DEFAULT);
    };
  }

  private static LbPolicy.HashOn hashOn(HashOn on) {
    return switch (on.type()) {
      case "Header" -> new LbPolicy.HashOn.Header(on.name().toLowerCase(Locale.ROOT));
      case "Cookie" -> new LbPolicy.HashOn.Cookie(on.name());
      default -> new LbPolicy.HashOn.SourceIp();
    };
  }

  static HealthCheck healthCheck(BackendConnectionPolicy.HealthCheck check) {
    return new HealthCheck(
        check.interval(),
        check.timeout(),
        check.unhealthyThreshold(),
        check.healthyThreshold(),
        switch (check.type()) {
          case "HTTP" -> new Checker.Http(check.host(), check.path(), check.expectedStatuses());
          case "GRPC" -> new Checker.Grpc(check.service());
          default -> new Checker.Tcp();
        });
  }

  /// What is not said is as without a policy.
  static OutlierDetection outlierDetection(BackendConnectionPolicy.OutlierDetection ejection) {
    OutlierDetection usual = OutlierDetection.DEFAULT;
    return new OutlierDetection(
        ejection.consecutive5xx().orElse(usual.consecutive5xx()),
        ejection.consecutiveGatewayErrors().orElse(usual.consecutiveGatewayErrors()),
        ejection.baseEjectionTime().orElse(usual.baseEjectionTime()),
        ejection.maxEjectionPercent().orElse(usual.maxEjectionPercent()));
  }
}
