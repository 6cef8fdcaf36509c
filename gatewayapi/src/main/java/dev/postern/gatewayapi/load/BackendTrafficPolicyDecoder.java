package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.duration;
import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optionalNumber;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.BackendTrafficPolicy;
import dev.postern.gatewayapi.resource.BackendTrafficPolicy.RetryConstraint;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import java.time.Duration;
import java.util.Optional;

/// XBackendTrafficPolicy. The defaults are those of its definition.
final class BackendTrafficPolicyDecoder {
  private static final int PERCENT = 20;
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final int MIN_RETRIES = 10;
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);

  private BackendTrafficPolicyDecoder() {}

  static BackendTrafficPolicy policy(
      Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    return new BackendTrafficPolicy(
        metadata,
        version,
        origin,
        PolicyDecoder.targetRefs(spec),
        Optional.ofNullable(spec.map("retryConstraint")).map(BackendTrafficPolicyDecoder::retries),
        HttpRouteDecoder.session(spec));
  }

  private static RetryConstraint retries(Fields constraint) {
    Fields budget = fields(constraint, "budget");
    Fields rate = fields(constraint, "minRetryRate");
    return new RetryConstraint(
        optionalNumber(budget, "percent").orElse(PERCENT),
        duration(budget, "interval").orElse(INTERVAL),
        optionalNumber(rate, "count").orElse(MIN_RETRIES),
        duration(rate, "interval").orElse(MIN_INTERVAL));
  }
}
