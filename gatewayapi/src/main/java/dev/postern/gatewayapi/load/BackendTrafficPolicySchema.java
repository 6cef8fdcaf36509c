package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.whole;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Schema.Obj;
import dev.postern.gatewayapi.load.Schema.Reporter;

/// XBackendTrafficPolicy as of Gateway API v1.6 (GEP-3388).
final class BackendTrafficPolicySchema {
  private static final long SECOND = 1000;
  private static final long HOUR = 3600 * SECOND;

  private BackendTrafficPolicySchema() {}

  static final Obj X_BACKEND_TRAFFIC_POLICY =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .required(
                      "targetRefs",
                      list(Shapes.localRef(), 1, 16).rule(PolicySchema::targetsDistinct))
                  .optional(
                      "retryConstraint",
                      object()
                          .optional(
                              "budget",
                              object()
                                  .withDefault("percent", whole(0, 100), 20)
                                  .optional("interval", Shapes.DURATION)
                                  .rule(BackendTrafficPolicySchema::intervalInRange))
                          .optional(
                              "minRetryRate",
                              object()
                                  .optional("count", whole(1, 1_000_000))
                                  .optional("interval", Shapes.DURATION)
                                  .rule(BackendTrafficPolicySchema::intervalInRange)))
                  .optional("sessionPersistence", HttpRouteSchema.sessionPersistence()));

  private static void intervalInRange(Fields rate, Reporter report) {
    if (rate.has("interval")) {
      long interval = Durations.parse(rate.textOrEmpty("interval"));
      if (interval < SECOND || interval > HOUR) {
        report.error(
            "interval",
            MetadataSchema.lineOf(rate, "interval"),
            "must be at least 1s and at most 1h");
      }
    }
  }
}
