package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.duration;
import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optionalNumber;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Choice;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.HashOn;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.HealthCheck;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.LoadBalancing;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.OutlierDetection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What kgateway's BackendConfigPolicy says about endpoints, in the words of our own policy.
final class KgatewayBalancingDecoder {
  private static final int ERRORS = 5;
  private static final int PERCENT = 10;
  private static final Duration EJECTION_TIME = Duration.ofSeconds(30);
  private static final Duration LEAST_INTERVAL = Duration.ofMillis(100);

  private KgatewayBalancingDecoder() {}

  static Optional<LoadBalancing> loadBalancing(Fields balancer) {
    return KgatewayBalancingSchema.CHOICES.stream()
        .filter(balancer::has)
        .findFirst()
        .map(choice ->
            switch (choice) {
              case "roundRobin" -> new LoadBalancing(Choice.ROUND_ROBIN, Optional.empty());
              case "random" -> new LoadBalancing(Choice.RANDOM, Optional.empty());
              case "ringHash", "maglev" -> byHash(fields(balancer, choice));
              default -> new LoadBalancing(Choice.LEAST_REQUEST, Optional.empty());
            });
  }

  /// Envoy draws any endpoint for a request that has nothing to hash.
  private static LoadBalancing byHash(Fields hashing) {
    List<Fields> policies = hashing.maps("hashPolicies");
    return policies.isEmpty()
        ? new LoadBalancing(Choice.RANDOM, Optional.empty())
        : new LoadBalancing(Choice.CONSISTENT_HASH, Optional.of(hashOn(policies.getFirst())));
  }

  private static HashOn hashOn(Fields policy) {
    if (policy.has("header")) {
      return new HashOn("Header", fields(policy, "header").textOrEmpty("name"));
    }
    return policy.has("cookie")
        ? new HashOn("Cookie", fields(policy, "cookie").textOrEmpty("name"))
        : new HashOn("SourceIP", "");
  }

  /// With kgateway's defaults. As Envoy does unless the two are split, failures to connect count as
  /// answers of 500 do, and are not counted for themselves.
  static OutlierDetection outlierDetection(Fields ejection) {
    int ownFailures =
        ejection.isTrue("splitExternalLocalOriginErrors")
            ? optionalNumber(ejection, "consecutiveLocalOriginFailure").orElse(ERRORS)
            : 0;
    return new OutlierDetection(
        optionalNumber(ejection, "consecutive5xx").or(() -> Optional.of(ERRORS)),
        Optional.of(ownFailures),
        duration(ejection, "baseEjectionTime")
            .filter(time -> !time.isZero())
            .or(() -> Optional.of(EJECTION_TIME)),
        optionalNumber(ejection, "maxEjectionPercent").or(() -> Optional.of(PERCENT)));
  }

  /// Absent where it cannot be made.
  static Optional<HealthCheck> healthCheck(Fields check) {
    return KgatewayBalancingSchema.canBeAsked(check) ? Optional.of(asked(check)) : Optional.empty();
  }

  private static HealthCheck asked(Fields check) {
    Fields http = fields(check, "http");
    String path = http.textOrEmpty("path");
    return new HealthCheck(
        check.has("grpc") ? "GRPC" : "HTTP",
        atLeast(LEAST_INTERVAL, duration(check, "interval").orElse(LEAST_INTERVAL)),
        atLeast(Duration.ofMillis(1), duration(check, "timeout").orElse(LEAST_INTERVAL)),
        Math.max(1, (int) check.number("unhealthyThreshold")),
        Math.max(1, (int) check.number("healthyThreshold")),
        http.textOrEmpty("host"),
        path.isEmpty() ? "/" : path,
        List.of(),
        fields(check, "grpc").textOrEmpty("serviceName"));
  }

  private static Duration atLeast(Duration least, Duration asked) {
    return asked.compareTo(least) < 0 ? least : asked;
  }
}
