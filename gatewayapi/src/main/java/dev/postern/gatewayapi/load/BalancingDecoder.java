package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.duration;
import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optionalNumber;
import static dev.postern.gatewayapi.load.Metadatas.textList;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Choice;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.HashOn;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.HealthCheck;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.LoadBalancing;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.OutlierDetection;
import java.time.Duration;
import java.util.Optional;

/// What a BackendConnectionPolicy says about endpoints.
final class BalancingDecoder {
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private BalancingDecoder() {}

  static LoadBalancing loadBalancing(Fields balancing) {
    return new LoadBalancing(
        switch (balancing.textOrEmpty("policy")) {
          case "RoundRobin" -> Choice.ROUND_ROBIN;
          case "Random" -> Choice.RANDOM;
          case "ConsistentHash" -> Choice.CONSISTENT_HASH;
          default -> Choice.LEAST_REQUEST;
        },
        Optional.ofNullable(balancing.map("hashOn"))
            .map(hash -> new HashOn(hash.textOrEmpty("type"), hash.textOrEmpty("name"))));
  }

  static HealthCheck healthCheck(Fields check) {
    Fields http = fields(check, "http");
    String path = http.textOrEmpty("path");
    return new HealthCheck(
        check.textOrEmpty("type"),
        duration(check, "interval").orElse(INTERVAL),
        duration(check, "timeout").orElse(TIMEOUT),
        (int) check.number("unhealthyThreshold"),
        (int) check.number("healthyThreshold"),
        http.textOrEmpty("host"),
        path.isEmpty() ? "/" : path,
        textList(http, "expectedStatuses").stream()
            .map(status -> (int) Numbers.parse(status))
            .toList(),
        fields(check, "grpc").textOrEmpty("service"));
  }

  static OutlierDetection outlierDetection(Fields ejection) {
    return new OutlierDetection(
        optionalNumber(ejection, "consecutive5xx"),
        optionalNumber(ejection, "consecutiveGatewayErrors"),
        duration(ejection, "baseEjectionTime"),
        optionalNumber(ejection, "maxEjectionPercent"));
  }
}
